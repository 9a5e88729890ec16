package io.gramian.jobs.options;

import io.gramian.compress.sort.Criterion;
import io.gramian.compress.sort.HeadChannelCriterion;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.QueryKeyCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.StateCriterion;
import io.gramian.compress.sort.ValueOutputCriterion;
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
      names = "--query-key",
      paramLabel = "CRITERION",
      defaultValue = "norm",
      converter = OfQueryKey.class,
      description = "Query-key pairs: norm (default: ${DEFAULT-VALUE}).")
  private QueryKeyCriterion queryKey;

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

  /** The criteria that were chosen. */
  public SortCriteria criteria() {
    return new SortCriteria(mlp, queryKey, valueOutput, state, headChannel);
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
