package io.gramian.jobs;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all verbs have in common: how their help looks, and where they print. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = VersionNumbers.class,
    usageHelpAutoWidth = true,
    sortOptions = false,
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n")
abstract class Verb implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /** The verb as picocli knows it. */
  final CommandSpec spec() {
    return spec;
  }

  /** For results and nothing else. */
  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
