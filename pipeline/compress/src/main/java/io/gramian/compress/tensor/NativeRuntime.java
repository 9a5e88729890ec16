package io.gramian.compress.tensor;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_gloo;

/**
 * Loads libtorch with its collectives, and OpenBLAS, once a JVM, before any other native class is
 * touched.
 *
 * <p>The first load unpacks 470 MB into a cache on disk. Several processes that do so at once kill
 * each other with SIGBUS (JavaCPP's known race), so the load runs under a lock on a file in that
 * cache: executors of one machine take turns.
 *
 * <p>Each task computes on one thread. Spark already runs a task a core, and a fixed count is what
 * makes a product's rounding repeatable; OpenBLAS does not heed libtorch's setter, so both are set.
 */
public final class NativeRuntime {

  private static final int THREADS_PER_TASK = 1;

  private static boolean loaded;

  private NativeRuntime() {}

  /**
   * Loads the libraries; later calls return at once.
   *
   * @throws UserException if they cannot be unpacked or there are none for this platform
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    Path cache = cacheFolder();
    try {
      Files.createDirectories(cache);
      try (FileChannel channel = FileChannel.open(cache.resolve(".load.lock"), CREATE, WRITE);
          FileLock lock = channel.lock()) {
        loadUnder(lock);
      }
    } catch (IOException e) {
      throw new UserException(
          "native libraries cannot be unpacked into "
              + cache
              + " ("
              + e
              + "): set -Dorg.bytedeco.javacpp.cachedir to a writable folder with 500 MB free",
          e);
    }
    loaded = true;
  }

  private static void loadUnder(FileLock lock) throws IOException {
    if (!lock.isValid()) {
      throw new IOException("lock lost");
    }
    try {
      Loader.load(torch.class);
      Loader.load(torch_gloo.class);
      Loader.load(openblas_full.class);
    } catch (UnsatisfiedLinkError e) {
      throw new UserException(
          "libtorch has no native libraries for platform "
              + Loader.getPlatform()
              + " on the class path: build with -Djavacpp.platform="
              + Loader.getPlatform(),
          e);
    }
    torch.set_num_threads(THREADS_PER_TASK);
    openblas_full.openblas_set_num_threads(THREADS_PER_TASK);
  }

  private static Path cacheFolder() {
    String folder = System.getProperty("org.bytedeco.javacpp.cachedir");
    return folder != null
        ? Path.of(folder)
        : Path.of(System.getProperty("user.home"), ".javacpp", "cache");
  }
}
