package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankOrderTest {

  private static final CouplingGroup GROUP =
      new CouplingGroup(4, 2, "attention", Coupling.QUERY_KEY, 1);

  @Test
  void keepsWhatItIsGiven() {
    RankOrder order = order(List.of(2, 0, 1), List.of(0.5, 0.25, 3.0));

    assertThat(order.order()).containsExactly(2, 0, 1);
    assertThat(order.scores()).containsExactly(0.5, 0.25, 3.0);
  }

  @Test
  void aUnitThatComesTwiceIsRefused() {
    assertThatThrownBy(() -> order(List.of(2, 0, 2), List.of(1.0, 1.0, 1.0)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "rank order of block 4 (layer 2) query-key of head 1 lists unit 2 twice:"
                + " compute it again with sort");
  }

  @Test
  void aUnitOutsideIsRefused() {
    assertThatThrownBy(() -> order(List.of(0, 3, 1), List.of(1.0, 1.0, 1.0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("block 4 (layer 2) query-key of head 1 lists unit 3, outside 0..2");
    assertThatThrownBy(() -> order(List.of(0, -1, 1), List.of(1.0, 1.0, 1.0)))
        .hasMessageContaining("lists unit -1, outside 0..2");
  }

  @Test
  void scoresOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> order(List.of(0, 1), List.of(1.0, 1.0, 1.0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("query-key of head 1 has 2 entries for 3 units");
  }

  @Test
  void aScoreThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> order(List.of(1, 0), List.of(1.0, Double.NaN)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "rank order of block 4 (layer 2) query-key of head 1 has no number as score of unit 1:"
                + " its statistics overflowed");
  }

  private static RankOrder order(List<Integer> order, List<Double> scores) {
    return new RankOrder(GROUP, Unit.ROPE_PAIR, "norm", order, scores);
  }
}
