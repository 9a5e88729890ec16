package io.gramian.jobs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown page of the repository, taken apart at its code fences.
 *
 * @param file where it is
 * @param prose what is outside of fences
 * @param fences the lines of each
 */
record Page(Path file, String prose, List<List<String>> fences) {

  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

  /** Every page but those of builds. */
  static List<Page> all() throws IOException {
    List<Page> pages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ProcessRun.ROOT)) {
      for (Path file : files.filter(Page::isPage).sorted().toList()) {
        pages.add(read(file));
      }
    }
    return pages;
  }

  private static boolean isPage(Path file) {
    String name = ProcessRun.ROOT.relativize(file).toString();
    return name.endsWith(".md") && !name.matches("(.*/)?(target|\\.git|\\.venv|node_modules)/.*");
  }

  static Page read(Path file) throws IOException {
    List<String> prose = new ArrayList<>();
    List<List<String>> fences = new ArrayList<>();
    boolean fenced = false;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("```")) {
        fenced = !fenced;
        if (fenced) {
          fences.add(new ArrayList<>());
        }
      } else if (fenced) {
        fences.get(fences.size() - 1).add(line);
      } else {
        prose.add(line);
      }
    }
    return new Page(file, String.join("\n", prose), fences);
  }

  /** Calls of the launcher, in fences and in the text. */
  List<ShellCommand> commands() {
    Stream<String> lines = fences.stream().flatMap(fence -> joined(fence).stream());
    Stream<String> spans = SPAN.matcher(prose).results().map(span -> span.group(1));
    return Stream.concat(lines, spans.map(span -> span.replaceAll("\\s+", " ")))
        .flatMap(line -> ShellCommand.of(line).stream())
        .filter(command -> !command.words().isEmpty())
        .toList();
  }

  /** Lines, those that end with a backslash as one with the next. */
  static List<String> joined(List<String> fence) {
    return fence.stream().collect(joining("\n")).replaceAll("\\\\\n\\s*", "").lines().toList();
  }

  /** The text without what stands in code spans. */
  String proseWithoutCode() {
    return SPAN.matcher(prose).replaceAll("");
  }

  @Override
  public String toString() {
    return ProcessRun.ROOT.relativize(file).toString();
  }
}
