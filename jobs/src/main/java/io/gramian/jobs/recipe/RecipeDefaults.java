package io.gramian.jobs.recipe;

import io.gramian.jobs.options.RecipeOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Puts the values of the recipe that a command line asks for where picocli looks for defaults, so
 * that what stands on the command line overrides them.
 */
public final class RecipeDefaults {

  private RecipeDefaults() {}

  /**
   * Does so, if the command line's verb takes a recipe. A command line that picocli refuses is left
   * to it, and help needs none.
   *
   * @param line the one that is going to run
   * @param probe another of the same commands, to look ahead with
   * @throws io.gramian.checkpoint.UserException if there is no such recipe, or the verb has no such
   *     options
   */
  public static void apply(CommandLine line, CommandLine probe, String... arguments) {
    ParseResult verb = verb(probe, arguments);
    CommandSpec spec = verb.commandSpec();
    if (spec.findOption(RecipeOptions.NAME) == null || verb.isUsageHelpRequested()) {
      return;
    }
    String wanted = spec.findOption(RecipeOptions.NAME).getValue();
    Recipe recipe = Recipe.read(RecipeOptions.file(wanted));
    CommandLine running = line.getSubcommands().get(spec.name());
    recipe.requireOptionsOf(running.getCommandSpec());
    running.setDefaultValueProvider(recipe);
  }

  /** The verb as far as it is understood; the command itself where it is not. */
  private static ParseResult verb(CommandLine probe, String... arguments) {
    try {
      ParseResult parsed = probe.parseArgs(arguments);
      return parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    } catch (ParameterException e) {
      return ParseResult.builder(probe.getCommandSpec()).build();
    }
  }
}
