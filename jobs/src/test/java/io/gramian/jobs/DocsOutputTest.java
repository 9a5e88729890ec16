package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.jobs.options.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Output of {@code plan} and {@code sizes} that pages show under the command is what it prints. */
class DocsOutputTest {

  @BeforeEach
  void sayWhereGramianLies() {
    System.setProperty(Sample.HOME_PROPERTY, ProcessRun.ROOT.toString());
  }

  @AfterEach
  void forgetIt() {
    System.clearProperty(Sample.HOME_PROPERTY);
  }

  /** A command and what a page shows below it, in the same fence. */
  private record Shown(Page page, ShellCommand command, String output) {

    static List<Shown> on(Page page) {
      List<Shown> shown = new ArrayList<>();
      for (List<String> fence : page.fences()) {
        List<String> lines = Page.joined(fence);
        String output = lines.stream().skip(1).collect(Collectors.joining("\n")).strip();
        if (!output.isEmpty() && !output.contains(ShellCommand.LAUNCHER)) {
          ShellCommand.of(lines.get(0))
              .filter(command -> command.words().stream().anyMatch(w -> w.matches("plan|sizes")))
              .ifPresent(command -> shown.add(new Shown(page, command, output)));
        }
      }
      return shown;
    }

    /** What it prints here: results, then the one line of complaint. */
    String printed() {
      StringWriter all = new StringWriter();
      String[] arguments =
          command.words().stream()
              .map(word -> word.startsWith("conf/") ? ProcessRun.ROOT.resolve(word) + "" : word)
              .toArray(String[]::new);
      Main.run(arguments, new PrintWriter(all), new PrintWriter(all));
      return all.toString();
    }
  }

  @Test
  void outputIsAsShown() throws IOException {
    List<Shown> shown = Page.all().stream().flatMap(page -> Shown.on(page).stream()).toList();
    assertThat(shown).hasSizeGreaterThan(6);
    for (Shown one : shown) {
      assertThat(one.printed())
          .as("%s: %s", one.page(), one.command().words())
          .contains(one.output());
    }
  }
}
