package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.LocalDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sample in {@code calibration-data/} is what it was when it was put there. */
class SampleDataTest {

  private static final Path SAMPLE =
      Path.of(System.getProperty("gramian.root"), "calibration-data");

  private static final List<String> OURS = List.of("README.md", "SHA256SUMS");

  @Test
  void everyFileHasItsChecksum() throws IOException {
    Map<String, String> expected =
        Files.readAllLines(SAMPLE.resolve("SHA256SUMS")).stream()
            .map(line -> line.split("  ", 2))
            .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));

    assertThat(expected).hasSize(5);
    assertThat(checksums()).isEqualTo(expected);
  }

  private static Map<String, String> checksums() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (Path file : files()) {
      String name = SAMPLE.relativize(file).toString();
      found.put(name, Checksum.of(LocalDirectory.of(SAMPLE), name).sha256());
    }
    return found;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(SAMPLE)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !OURS.contains(SAMPLE.relativize(file).toString()))
          .toList();
    }
  }
}
