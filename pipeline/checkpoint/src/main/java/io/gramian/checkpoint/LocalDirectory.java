package io.gramian.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A folder on a local disk.
 *
 * <p>A name may not leave the folder: absolute names and names with {@code ..} are a {@link
 * UserException}, because names come out of files that somebody else wrote. {@link #rename} is
 * atomic where the file system is (every POSIX one).
 */
public final class LocalDirectory implements Directory {

  private static final int WRITE_BUFFER_BYTES = 1 << 16;

  private final Path root;

  private LocalDirectory(Path root) {
    this.root = root;
  }

  /** The folder at {@code path}, which need not exist yet. */
  public static LocalDirectory of(Path path) {
    return new LocalDirectory(path);
  }

  /** Where the folder is. */
  public Path path() {
    return root;
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public Directory resolve(String child) {
    return new LocalDirectory(inside(child));
  }

  @Override
  public boolean exists(String file) {
    return Files.exists(inside(file));
  }

  @Override
  public List<String> list() throws IOException {
    if (!Files.exists(root)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, Files::isRegularFile)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    Collections.sort(names);
    return List.copyOf(names);
  }

  @Override
  public ByteSource open(String file) throws IOException {
    return FileByteSource.open(inside(file));
  }

  @Override
  public InputStream read(String file) throws IOException {
    return Files.newInputStream(inside(file));
  }

  @Override
  public OutputStream create(String file) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(withParent(inside(file))), WRITE_BUFFER_BYTES);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        inside(from),
        withParent(inside(to)),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String file) throws IOException {
    Path target = inside(file);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(target, new Deletion());
    }
  }

  private Path inside(String file) {
    return root.resolve(RelativeName.require(file, name()));
  }

  private static Path withParent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      Files.createDirectories(parent);
    }
    return file;
  }

  /** Deletes what it visits, folders after their contents; links are deleted, not followed. */
  private static final class Deletion extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
