package io.gramian.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What a device gets: a small jar of classes. */
class EdgeJarIT {

  private static final Path TARGET =
      Path.of(System.getProperty("gramian.root"), "pipeline/edge/target");

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      List<Path> jars =
          files
              .filter(
                  file ->
                      file.getFileName()
                          .toString()
                          .matches("gramian-edge-[0-9.]+(-SNAPSHOT)?\\.jar"))
              .toList();
      assertThat(jars).hasSize(1);
      return jars.get(0);
    }
  }

  @Test
  void isUnderOneMegabyte() throws IOException {
    assertThat(Files.size(jar())).isLessThan(1_000_000);
  }

  @Test
  void holdsNothingNative() throws IOException {
    try (JarFile jar = new JarFile(jar().toFile())) {
      assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName))
          .isNotEmpty()
          .allMatch(name -> name.startsWith("META-INF/") || name.endsWith(".class"));
    }
  }
}
