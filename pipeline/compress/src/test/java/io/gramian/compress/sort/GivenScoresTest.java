package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.RankOrder;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GivenScoresTest {

  private static final DecoderSpec SPEC =
      Families.describe(
          RandomCheckpoint.hfConfig(
              RandomConfigs.with(RandomConfigs.llamaGrouped(), Map.of("intermediate_size", 4))));

  private final GivenScores given =
      new GivenScores("known", new TreeMap<>(Map.of(3, List.of(0.5, 0.75, 0.5, 0.75))));

  @Test
  void theyDecideTheirBlockAndTiesGoToTheLowerIndex() {
    assertThat(given.covers(SPEC.blocks().get(1))).isFalse();
    assertThat(given.covers(SPEC.blocks().get(3))).isTrue();
    BlockDecision decision = given.decide(SPEC.blocks().get(3));
    assertThat(decision.blockIndex()).isEqualTo(3);
    assertThat(decision.rotations()).isEmpty();
    RankOrder order = decision.orders().get(0);
    assertThat(order.group().coupling()).isEqualTo(Coupling.MLP);
    assertThat(order.criterion()).isEqualTo("known");
    assertThat(order.order()).containsExactly(1, 3, 0, 2);
    assertThat(order.scores()).containsExactly(0.5, 0.75, 0.5, 0.75);
  }

  @Test
  void theirLabelStandsForTheCriterionOfMlpsOnly() {
    Map<Coupling, String> labels = SortCriteria.DEFAULT.labels();
    assertThat(Ranking.by(SortCriteria.DEFAULT).labels()).isEqualTo(labels);
    labels.put(Coupling.MLP, "known");
    assertThat(new Ranking(SortCriteria.DEFAULT, given).labels()).isEqualTo(labels);
  }
}
