package io.gramian.jobs.options;

import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.InfluenceScope;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How influence becomes pruning rates. */
public final class AllocationOptions {

  @Option(
      names = "--per",
      paramLabel = "STRETCH",
      defaultValue = "layer",
      converter = OfScope.class,
      description =
          "What shares a keep ratio: layer (attention and MLP of a layer alike) or block (default:"
              + " ${DEFAULT-VALUE}).")
  private InfluenceScope scope;

  @Option(
      names = "--eps",
      paramLabel = "NUMBER",
      defaultValue = "0.1",
      description =
          "Temperature, in units of influence: the smaller, the less even (default:"
              + " ${DEFAULT-VALUE}).")
  private double epsilon;

  @Option(
      names = "--cap",
      paramLabel = "RATE",
      defaultValue = "0.85",
      description = "Largest pruning rate of a block, below 1 (default: ${DEFAULT-VALUE}).")
  private double cap;

  /**
   * The rule that was chosen.
   *
   * @throws io.gramian.checkpoint.UserException if a number is out of range
   */
  public AllocationRule rule() {
    return new AllocationRule(scope, epsilon, cap);
  }

  static final class OfScope implements ITypeConverter<InfluenceScope> {
    @Override
    public InfluenceScope convert(String label) {
      return InfluenceScope.ofLabel(label)
          .orElseThrow(
              () -> new TypeConversionException("'" + label + "' is not one of layer, block"));
    }
  }
}
