package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files of a calibration text, in corpus order: by path, in UTF-16 code unit order.
 *
 * @param name what the user called it
 */
record Corpus(String name, List<CorpusFile> files) {

  /**
   * Lists a file, a folder with all below it, or a glob pattern. In folders, names that begin with
   * a dot or an underscore are passed over, as Spark and Hadoop do.
   *
   * @throws UserException if there is no such path, no file, or one of an unknown extension
   */
  static Corpus list(String pathOrPattern, Configuration configuration) throws IOException {
    Path path = HadoopDirectory.of(pathOrPattern, configuration).path();
    FileSystem system = path.getFileSystem(configuration);
    List<CorpusFile> files = new ArrayList<>();
    for (FileStatus status : matches(system, path, pathOrPattern)) {
      if (status.isDirectory()) {
        addFolder(system, status.getPath(), files);
      } else {
        files.add(file(status));
      }
    }
    if (files.isEmpty()) {
      throw new UserException("no files in " + pathOrPattern + ": nothing to tokenize");
    }
    files.sort(Comparator.comparing(file -> file.path().toString()));
    return new Corpus(pathOrPattern, List.copyOf(files));
  }

  long bytes() {
    return files.stream().mapToLong(CorpusFile::bytes).sum();
  }

  /**
   * Cuts the corpus into about {@code count} parts of like size. Their concatenation is the corpus
   * in its order; that is all the rest relies on.
   */
  List<List<CorpusSplit>> partitions(int count) {
    long target = Math.max(1, Parts.needed(bytes(), count));
    List<List<CorpusSplit>> partitions = new ArrayList<>();
    List<CorpusSplit> open = new ArrayList<>();
    long filled = 0;
    for (CorpusSplit split : splits(target)) {
      open.add(split);
      filled += split.length();
      if (filled >= target) {
        partitions.add(open);
        open = new ArrayList<>();
        filled = 0;
      }
    }
    if (!open.isEmpty()) {
      partitions.add(open);
    }
    return partitions;
  }

  private List<CorpusSplit> splits(long target) {
    List<CorpusSplit> splits = new ArrayList<>();
    for (CorpusFile file : files) {
      long length = file.canSplit() ? target : Math.max(1, file.bytes());
      for (long start = 0; start < Math.max(1, file.bytes()); start += length) {
        splits.add(file.split(start, Math.min(length, file.bytes() - start)));
      }
    }
    return splits;
  }

  private static FileStatus[] matches(FileSystem system, Path path, String given)
      throws IOException {
    // A file may be called what looks like a pattern; the file wins.
    if (system.exists(path)) {
      return new FileStatus[] {system.getFileStatus(path)};
    }
    if (given.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
      throw new UserException("calibration text " + given + " does not exist");
    }
    FileStatus[] found = system.globStatus(path, p -> !isHidden(p));
    if (found == null || found.length == 0) {
      throw new UserException("no files match " + given);
    }
    return found;
  }

  private static void addFolder(FileSystem system, Path folder, List<CorpusFile> files)
      throws IOException {
    RemoteIterator<LocatedFileStatus> found = system.listFiles(folder, true);
    while (found.hasNext()) {
      FileStatus status = found.next();
      if (!isHiddenBelow(folder, status.getPath())) {
        files.add(file(status));
      }
    }
  }

  private static CorpusFile file(FileStatus status) {
    Path path = status.getPath();
    return new CorpusFile(path, DocumentFormat.of(path.getName()), status.getLen());
  }

  private static boolean isHiddenBelow(Path folder, Path file) {
    return !file.equals(folder) && (isHidden(file) || isHiddenBelow(folder, file.getParent()));
  }

  private static boolean isHidden(Path path) {
    return path.getName().startsWith(".") || path.getName().startsWith("_");
  }
}
