package io.gramian.jobs.options;

import io.gramian.compress.sort.Criterion;
import io.gramian.compress.sort.HeadChannelCriterion;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.QueryKeyCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.StateCriterion;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.spark.sort.SortSettings;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the units of each coupling are ranked. */
public final class CriterionOptions {

  @Option(
      names = "--mlp",
      paramLabel = "CRITERION",
      defaultValue = "output-error",
      converter = OfMlp.class,
      description =
          "MLP channels: output-error, ridge-leverage (the paper's) or energy (default:"
              + " ${DEFAULT-VALUE}).")
  private MlpCriterion mlp;

  @Option(
      names = "--mlp-singular-values",
      paramLabel = "K",
      description =
          "With --mlp ridge-leverage: score MLP channels by the K largest singular values of their"
              + " activations, without the Gram matrix, for an MLP of n channels whose 8 n^2 bytes a"
              + " task do not fit; 256, say. n must be 100 or more, and K at most half of it. Passes"
              + " the text 2 K to 10 K times through each MLP. Scores are estimates: the worst error"
              + " is told at the end, and more values make it smaller. Last digits, and so orders"
              + " of channels nearly alike, may differ from run to run until RUN/leverage is"
              + " written, not after. quantize forms Gram matrices again unless told --rounding"
              + " nearest, which goes with such models.")
  private Optional<Integer> mlpSingularValues;

  @Option(
      names = "--query-key",
      paramLabel = "CRITERION",
      defaultValue = "norm",
      converter = OfQueryKey.class,
      description =
          "Query-key pairs: norm, or none to leave them in the model's order (default:"
              + " ${DEFAULT-VALUE}).")
  private QueryKeyCriterion queryKey;

  @Option(
      names = "--runtime-compatible",
      description =
          "Leave query-key pairs in the model's order, whatever --query-key says, so that runtimes"
              + " which know nothing of Gramian load the sorted checkpoint as it is. For 4 bits,"
              + " export does without it.")
  private boolean runtimeCompatible;

  @Option(
      names = "--value-output",
      paramLabel = "CRITERION",
      defaultValue = "joint",
      converter = OfValueOutput.class,
      description =
          "Basis of the value channels: joint or activation (the paper's) (default:"
              + " ${DEFAULT-VALUE}).")
  private ValueOutputCriterion valueOutput;

  @Option(
      names = "--b-c",
      paramLabel = "CRITERION",
      defaultValue = "output-error",
      converter = OfState.class,
      description =
          "State channels of state space mixers: output-error or norm (the paper's) (default:"
              + " ${DEFAULT-VALUE}).")
  private StateCriterion state;

  @Option(
      names = "--z-x-out",
      paramLabel = "CRITERION",
      defaultValue = "output-error",
      converter = OfHeadChannel.class,
      description =
          "Head channels of state space mixers: output-error, ridge-leverage or state-aware (the"
              + " paper's) (default: ${DEFAULT-VALUE}).")
  private HeadChannelCriterion headChannel;

  /**
   * What was chosen.
   *
   * @throws io.gramian.checkpoint.UserException if singular values are wanted for another criterion
   */
  public SortSettings settings() {
    return new SortSettings(
        new SortCriteria(
            mlp,
            runtimeCompatible ? QueryKeyCriterion.NONE : queryKey,
            valueOutput,
            state,
            headChannel),
        mlpSingularValues.map(OptionalInt::of).orElseGet(OptionalInt::empty));
  }

  private abstract static class OfLabel<C extends Criterion> implements ITypeConverter<C> {

    private final C[] known;

    private OfLabel(C[] known) {
      this.known = known;
    }

    @Override
    public final C convert(String label) {
      try {
        return Criterion.ofLabel(label, known);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class OfMlp extends OfLabel<MlpCriterion> {
    OfMlp() {
      super(MlpCriterion.values());
    }
  }

  static final class OfQueryKey extends OfLabel<QueryKeyCriterion> {
    OfQueryKey() {
      super(QueryKeyCriterion.values());
    }
  }

  static final class OfValueOutput extends OfLabel<ValueOutputCriterion> {
    OfValueOutput() {
      super(ValueOutputCriterion.values());
    }
  }

  static final class OfState extends OfLabel<StateCriterion> {
    OfState() {
      super(StateCriterion.values());
    }
  }

  static final class OfHeadChannel extends OfLabel<HeadChannelCriterion> {
    OfHeadChannel() {
      super(HeadChannelCriterion.values());
    }
  }
}
