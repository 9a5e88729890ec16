package io.gramian.spark.storage;

import io.gramian.checkpoint.ByteSource;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.RelativeName;
import io.gramian.checkpoint.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A folder on any file system that Hadoop knows.
 *
 * <p>Serializable: tasks open files on the executor they run on. The Hadoop configuration travels
 * along (some 100 KB), so broadcast or capture one instance a stage, not one a record.
 *
 * <p>As everywhere in Gramian, names may not leave the folder ({@link RelativeName}).
 *
 * <p>Local folders are read and written without Hadoop's checksum layer: no {@code .crc} files
 * appear, and a stale one beside a file that is replaced is removed, lest a later checked read
 * trips over it.
 */
public final class HadoopDirectory implements Directory, Serializable {

  private static final long serialVersionUID = 1L;

  private static final String PROBE = ".gramian-probe";

  private final Path path;
  private final SerializableConfiguration configuration;

  private HadoopDirectory(Path path, SerializableConfiguration configuration) {
    this.path = path;
    this.configuration = configuration;
  }

  /**
   * Opens a folder; it need not exist yet.
   *
   * @param pathOrUri a URI such as {@code hdfs://host:8020/models/llama}, or a path without scheme,
   *     which lies on the configuration's default file system ({@code fs.defaultFS}, the local disk
   *     unless told otherwise) and, if relative, under its working directory
   * @param configuration Hadoop settings; a Spark application's are {@code
   *     sparkContext.hadoopConfiguration()}
   * @throws UserException if the text is not a path or no file system is installed for its scheme
   */
  public static HadoopDirectory of(String pathOrUri, Configuration configuration) {
    try {
      Path given = new Path(pathOrUri);
      FileSystem files = given.getFileSystem(configuration);
      return new HadoopDirectory(
          files.makeQualified(given), new SerializableConfiguration(configuration));
    } catch (IllegalArgumentException | IOException e) {
      throw new UserException("cannot use the path " + pathOrUri + ": " + e.getMessage(), e);
    }
  }

  /** The folder as Hadoop sees it, with scheme and authority. */
  public Path path() {
    return path;
  }

  /** The path without scheme on a local disk, the whole address elsewhere. */
  @Override
  public String name() {
    return nameOf(path);
  }

  @Override
  public HadoopDirectory resolve(String child) {
    return new HadoopDirectory(at(child), configuration);
  }

  @Override
  public boolean exists(String file) throws IOException {
    return files().exists(at(file));
  }

  @Override
  public List<String> list() throws IOException {
    try {
      return Arrays.stream(files().listStatus(path))
          .filter(FileStatus::isFile)
          .map(status -> status.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  @Override
  public ByteSource open(String file) throws IOException {
    Path target = at(file);
    try {
      FileStatus status = plainFile(target);
      return new HadoopByteSource(nameOf(target), status.getLen(), files().open(target));
    } catch (FileNotFoundException e) {
      throw missing(target, e);
    }
  }

  @Override
  public InputStream read(String file) throws IOException {
    Path target = at(file);
    try {
      plainFile(target);
      return files().open(target);
    } catch (FileNotFoundException e) {
      throw missing(target, e);
    }
  }

  @Override
  public OutputStream create(String file) throws IOException {
    Path target = at(file);
    deleteChecksum(target);
    return files().create(target, true);
  }

  /**
   * {@inheritDoc}
   *
   * <p>One atomic step where the file system offers it (local disks, HDFS); an object store without
   * a replacing rename deletes the target first.
   */
  @Override
  public void rename(String from, String to) throws IOException {
    Path source = at(from);
    Path target = at(to);
    if (!files().exists(source)) {
      throw new NoSuchFileException(nameOf(source));
    }
    files().mkdirs(target.getParent());
    deleteChecksum(target);
    if (isLocal()) {
      renameOrFail(source, target);
      return;
    }
    try {
      FileContext.getFileContext(path.toUri(), configuration.value())
          .rename(source, target, Options.Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException e) {
      files().delete(target, true);
      renameOrFail(source, target);
    }
  }

  @Override
  public void delete(String file) throws IOException {
    Path target = at(file);
    deleteChecksum(target);
    files().delete(target, true);
  }

  /**
   * Finds out by trying whether files can be created here, and leaves nothing behind.
   *
   * @throws IOException if they cannot
   */
  public void probe() throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path at = path; at != null && !files().exists(at); at = at.getParent()) {
      missing.add(at);
    }
    create(PROBE).close();
    delete(PROBE);
    for (Path created : missing) {
      files().delete(created, false);
    }
  }

  @Override
  public String toString() {
    return name();
  }

  private Path at(String file) {
    return at(path, RelativeName.require(file, name()));
  }

  /** {@link Path}'s own resolution takes a colon in a file name for a scheme; this does not. */
  private static Path at(Path parent, String file) {
    URI folder = parent.toUri();
    return new Path(folder.getScheme(), folder.getAuthority(), folder.getPath() + "/" + file);
  }

  private FileSystem files() throws IOException {
    FileSystem files = path.getFileSystem(configuration.value());
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  private boolean isLocal() {
    return "file".equals(path.toUri().getScheme());
  }

  private FileStatus plainFile(Path target) throws IOException {
    FileStatus status = files().getFileStatus(target);
    if (!status.isFile()) {
      throw new IOException(nameOf(target) + " is a folder, not a file");
    }
    return status;
  }

  private void renameOrFail(Path source, Path target) throws IOException {
    if (!files().rename(source, target)) {
      throw new IOException("could not rename " + nameOf(source) + " to " + nameOf(target));
    }
  }

  private void deleteChecksum(Path target) throws IOException {
    if (isLocal()) {
      files().delete(at(target.getParent(), "." + target.getName() + ".crc"), false);
    }
  }

  private static NoSuchFileException missing(Path target, FileNotFoundException cause) {
    NoSuchFileException missing = new NoSuchFileException(nameOf(target));
    missing.initCause(cause);
    return missing;
  }

  private static String nameOf(Path path) {
    URI uri = path.toUri();
    return "file".equals(uri.getScheme()) ? uri.getPath() : path.toString();
  }
}
