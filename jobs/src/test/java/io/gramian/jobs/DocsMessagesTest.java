package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages that {@code troubleshooting.md} explains are those that Gramian gives. They stand
 * there in bold code spans, with dots for what changes; Spark's and the system's do not.
 */
class DocsMessagesTest {

  private static final Path PAGE = ProcessRun.ROOT.resolve("jobs/docs/troubleshooting.md");
  private static final Pattern MESSAGE = Pattern.compile("\\*\\*`([^`]+)`\\*\\*");

  /** Where a string goes on in the next line of a source file. */
  private static final Pattern SEAM = Pattern.compile("\"\\s*\\+\\s*\"");

  @Test
  void everyMessageIsInTheSources() throws IOException {
    List<String> sources = sources();
    List<String> messages = messages();
    assertThat(messages).hasSizeGreaterThan(40);
    assertThat(messages.stream().filter(message -> !isIn(message, sources))).isEmpty();
  }

  /** Whether one file has all of what stands between the dots. */
  private static boolean isIn(String message, List<String> sources) {
    List<String> parts =
        Stream.of(message.split("\\.\\.\\.")).map(String::strip).filter(p -> !p.isEmpty()).toList();
    return sources.stream().anyMatch(source -> parts.stream().allMatch(source::contains));
  }

  private static List<String> messages() throws IOException {
    return MESSAGE
        .matcher(Page.read(PAGE).prose())
        .results()
        .map(span -> span.group(1).replaceAll("\\s+", " "))
        .toList();
  }

  /** The launcher, and every Java file with the pieces of its strings joined. */
  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    sources.add(Files.readString(Launcher.PATH).replaceAll("\" \\\\\\s+\"", " "));
    for (String modules : List.of("pipeline", "jobs")) {
      try (Stream<Path> files = Files.walk(ProcessRun.ROOT.resolve(modules))) {
        for (Path file : files.filter(DocsMessagesTest::isMain).toList()) {
          String joined = SEAM.matcher(Files.readString(file)).replaceAll("");
          sources.add(joined.replace("\\\"", "\""));
        }
      }
    }
    return sources;
  }

  private static boolean isMain(Path file) {
    return file.toString().endsWith(".java") && file.toString().contains("/src/main/java/");
  }
}
