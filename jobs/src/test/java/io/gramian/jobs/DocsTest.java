package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What pages name is there: the files they link to, the verbs and options they show. */
class DocsTest {

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern IMAGE = Pattern.compile("src(?:set)?=\"([^\"]+)\"");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

  static List<Page> pages() throws IOException {
    return Page.all();
  }

  @Test
  void thePagesAreFound() throws IOException {
    assertThat(Page.all())
        .extracting(Page::toString)
        .contains("README.md", "CONTRIBUTING.md", "jobs/docs/concepts.md", "jobs/docs/sizing.md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Page page) throws IOException {
    String prose = page.proseWithoutCode();
    for (Pattern pattern : List.of(LINK, IMAGE)) {
      for (MatchResult link : pattern.matcher(prose).results().toList()) {
        if (!link.group(1).matches("(https?|mailto):.*")) {
          assertLeads(page, link.group(1));
        }
      }
    }
  }

  private static void assertLeads(Page from, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? from.file() : from.file().resolveSibling(parts[0]);
    assertThat(target).as("%s in %s", link, from).exists();
    if (parts.length == 2) {
      assertThat(anchors(target)).as("%s in %s", link, from).contains(parts[1]);
    }
  }

  /** As GitHub names headings. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Page.read(page).prose())
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsAreUnderstood(Page page) {
    for (ShellCommand command : page.commands()) {
      assertThatCode(() -> Main.commandLine().parseArgs(command.arguments()))
          .as("%s: %s", page, command.words())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theReadmesCommandsAreAmongThem() throws IOException {
    Page readme = Page.read(ProcessRun.ROOT.resolve("README.md"));

    assertThat(readme.commands())
        .hasSizeGreaterThan(20)
        .contains(
            new ShellCommand(List.of("compress")),
            new ShellCommand(
                List.of(
                    "sort",
                    "--model",
                    "/models/wide",
                    "--calibration",
                    "corpus.jsonl",
                    "--mlp",
                    "ridge-leverage",
                    "--mlp-singular-values",
                    "256")));
    assertThat(Files.readString(readme.file())).contains(ShellCommand.LAUNCHER + " compress # the");
  }
}
