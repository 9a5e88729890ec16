package io.gramian.spark.ablate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.HeadChannelCriterion;
import io.gramian.compress.sort.MlpCriterion;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.StateCriterion;
import io.gramian.compress.sort.ValueOutputCriterion;
import org.junit.jupiter.api.Test;

class NamedCriteriaTest {

  @Test
  void setsHaveNames() {
    assertThat(NamedCriteria.parse("default").criteria()).isEqualTo(SortCriteria.DEFAULT);
    assertThat(NamedCriteria.parse(" Paper ").criteria()).isEqualTo(SortCriteria.PAPER);
  }

  @Test
  void changesAreAppliedInOrder() {
    assertThat(NamedCriteria.parse("paper+z-x-out=output-error+mlp=energy").criteria())
        .isEqualTo(
            SortCriteria.PAPER
                .with(StateCriterion.NORM, HeadChannelCriterion.OUTPUT_ERROR)
                .with(MlpCriterion.ENERGY, ValueOutputCriterion.ACTIVATION));
    assertThat(NamedCriteria.parse("b-c=norm").criteria())
        .isEqualTo(
            SortCriteria.DEFAULT.with(StateCriterion.NORM, HeadChannelCriterion.OUTPUT_ERROR));
  }

  @Test
  void whatIsUnknownIsNamedWithWhatIsKnown() {
    assertThatThrownBy(() -> NamedCriteria.parse("papers"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "criteria 'papers': 'papers' is neither default nor paper nor one of mlp,"
                + " value-output, b-c, z-x-out; write for example paper+mlp=output-error");
    assertThatThrownBy(() -> NamedCriteria.parse("paper+mlp=state-aware"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "criteria 'paper+mlp=state-aware': 'state-aware' is not one of ridge-leverage, energy,"
                + " output-error");
  }
}
