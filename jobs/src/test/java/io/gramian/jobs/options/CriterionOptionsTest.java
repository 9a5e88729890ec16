package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.HeadChannelCriterion;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.QueryKeyCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.StateCriterion;
import io.gramian.compress.sort.ValueOutputCriterion;
import io.gramian.model.Coupling;
import io.gramian.spark.sort.SortSettings;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class CriterionOptionsTest {

  private static SortCriteria parse(String... args) {
    return CommandLine.populateCommand(new CriterionOptions(), args).settings().criteria();
  }

  private static SortSettings settings(String... args) {
    return CommandLine.populateCommand(new CriterionOptions(), args).settings();
  }

  @Test
  void defaultsAreWhatWorksBest() {
    assertThat(parse()).isEqualTo(SortCriteria.DEFAULT);
  }

  @Test
  void everyCriterionHasItsLabel() {
    for (MlpCriterion criterion : MlpCriterion.values()) {
      assertThat(parse("--mlp", criterion.label()).mlp()).isEqualTo(criterion);
    }
    for (QueryKeyCriterion criterion : QueryKeyCriterion.values()) {
      assertThat(parse("--query-key", criterion.label()).queryKey()).isEqualTo(criterion);
    }
    for (ValueOutputCriterion criterion : ValueOutputCriterion.values()) {
      assertThat(parse("--value-output", criterion.label()).valueOutput()).isEqualTo(criterion);
    }
    for (StateCriterion criterion : StateCriterion.values()) {
      assertThat(parse("--b-c", criterion.label()).state()).isEqualTo(criterion);
    }
    for (HeadChannelCriterion criterion : HeadChannelCriterion.values()) {
      assertThat(parse("--z-x-out", criterion.label()).headChannel()).isEqualTo(criterion);
    }
  }

  @Test
  void runtimeCompatibleLeavesPairsAlone() {
    assertThat(parse("--runtime-compatible").queryKey()).isEqualTo(QueryKeyCriterion.NONE);
    assertThat(parse("--runtime-compatible", "--query-key=norm").queryKey())
        .isEqualTo(QueryKeyCriterion.NONE);
    assertThat(parse("--runtime-compatible").mlp()).isEqualTo(SortCriteria.DEFAULT.mlp());
  }

  @Test
  void singularValuesGoWithRidgeLeverage() {
    assertThat(settings().singularValues()).isEmpty();
    SortSettings settings = settings("--mlp=ridge-leverage", "--mlp-singular-values=256");
    assertThat(settings.singularValues()).hasValue(256);
    assertThat(settings.labels().get(Coupling.MLP)).isEqualTo("ridge-leverage-k256");
    assertThatThrownBy(() -> settings("--mlp-singular-values=256"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "--mlp-singular-values 256 goes with --mlp ridge-leverage alone, and --mlp is"
                + " output-error: give --mlp ridge-leverage, or leave --mlp-singular-values out");
  }

  @Test
  void anUnknownOneIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> parse("--mlp", "magnitude"))
        .isInstanceOf(ParameterException.class)
        .hasMessage(
            "Invalid value for option '--mlp': 'magnitude' is not one of ridge-leverage, energy,"
                + " output-error");
  }
}
