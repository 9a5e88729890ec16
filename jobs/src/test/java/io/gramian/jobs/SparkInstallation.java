package io.gramian.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A Spark installation of links to the build's jars, without those that Gramian brings. */
final class SparkInstallation {

  private static final Path TARGET = ProcessRun.ROOT.resolve("jobs/target");

  private SparkInstallation() {}

  /** Puts one together in {@code spark}: {@code bin/spark-submit} and {@code jars/}. */
  static void assemble(Path spark) throws IOException {
    script(
        spark.resolve("bin/spark-submit"),
        """
        export SPARK_HOME SPARK_SCALA_VERSION=2.13
        cmd=()
        while IFS= read -r -d '' a; do cmd+=("${a#$'\\n'}"); done < <("$JAVA_HOME/bin/java" -Xmx128m \\
          -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main org.apache.spark.deploy.SparkSubmit "$@"
          printf '%d\\0' $?)
        rc=${cmd[-1]}
        [ "$rc" = 0 ] || exit "$rc"
        unset 'cmd[-1]'
        exec "${cmd[@]:1}"
        """);
    Path jars = Files.createDirectories(spark.resolve("jars"));
    for (String jar : sparkJars()) {
      Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
    }
  }

  private static Set<String> sparkJars() throws IOException {
    Set<String> jars = new HashSet<>();
    for (String list : List.of("provided.txt", "runtime.txt")) {
      jars.addAll(List.of(Files.readString(TARGET.resolve(list)).strip().split(":")));
    }
    jars.removeAll(List.of(Files.readString(TARGET.resolve("jars.txt")).strip().split(",")));
    return jars;
  }

  /** An executable Bash script. */
  static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
