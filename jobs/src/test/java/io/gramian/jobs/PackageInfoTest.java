package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package tells its story in a {@code package-info.java}. */
class PackageInfoTest {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));

  @Test
  void everyPackageHasOne() throws IOException {
    List<Path> packages = packages();
    assertThat(packages)
        .hasSizeGreaterThan(10)
        .anyMatch(folder -> folder.endsWith("io/gramian/edge/generate"));
    assertThat(packages)
        .allSatisfy(folder -> assertThat(folder.resolve("package-info.java")).exists());
  }

  /** Folders of main sources that hold a Java file. */
  private static List<Path> packages() throws IOException {
    List<Path> packages = new ArrayList<>();
    for (String modules : new String[] {"pipeline", "jobs"}) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(modules))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .filter(folder -> folder.toString().contains("/src/main/java/"))
            .distinct()
            .forEach(packages::add);
      }
    }
    return packages;
  }
}
