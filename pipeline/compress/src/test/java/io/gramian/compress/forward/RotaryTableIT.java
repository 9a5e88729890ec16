package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads of 8 channels, 6 query heads on 3 KV heads. */
class RotaryTableIT {

  private static final HeadLayout LAYOUT = new HeadLayout(6, 3, 8);
  private static final int SEQUENCES = 2;
  private static final int POSITIONS = 13;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  static Stream<Rope> ropes() {
    List<List<Integer>> full =
        List.of(List.of(3, 1, 0, 2), List.of(0, 1, 2, 3), List.of(1, 2, 3, 0));
    List<List<Integer>> partial = List.of(List.of(1, 0), List.of(0, 1), List.of(1, 0));
    return Stream.of(
        AttentionForwardIT.rope(8),
        AttentionForwardIT.rope(4),
        AttentionForwardIT.rope(8).withPairOrders(full),
        AttentionForwardIT.rope(4).withPairOrders(partial));
  }

  @ParameterizedTest
  @MethodSource("ropes")
  void rotatesQueriesAndKeysAsPlainLoopsDo(Rope rope) {
    try (PointerScope scope = new PointerScope()) {
      RotaryTable table = RotaryTable.of(rope, POSITIONS);
      float[] queries = values(LAYOUT.heads());
      check(queries, Tensors.floats(table.rotateQueries(tensor(queries), LAYOUT)), rope);
      float[] keys = values(LAYOUT.kvHeads());
      check(keys, Tensors.floats(table.rotateKeys(tensor(keys))), rope);
    }
  }

  /** Angles are remembered, but only for the number of positions that they are of. */
  @ParameterizedTest
  @MethodSource("ropes")
  void rememberedAnglesAreThoseOfTheLength(Rope rope) {
    Rotation rotation = new Rotation(rope);
    try (PointerScope scope = new PointerScope()) {
      for (int positions : new int[] {5, POSITIONS, POSITIONS, 5}) {
        Tensor heads = Tensors.emptyFloat(1, 1, positions, LAYOUT.headSize());
        RotaryTable expected = RotaryTable.of(rope, positions);
        assertThat(Tensors.floats(rotation.tableFor(heads).cos()))
            .isEqualTo(Tensors.floats(expected.cos()));
        assertThat(Tensors.floats(rotation.tableFor(heads).sin()))
            .isEqualTo(Tensors.floats(expected.sin()));
      }
    }
  }

  /** {@code [SEQUENCES, heads, POSITIONS, d]}. */
  private static float[] values(int heads) {
    return RandomModel.gaussians(
        new Random(heads), SEQUENCES * heads * POSITIONS * LAYOUT.headSize());
  }

  private static Tensor tensor(float[] values) {
    long heads = values.length / (SEQUENCES * POSITIONS * LAYOUT.headSize());
    return Tensor.create(values, SEQUENCES, heads, POSITIONS, LAYOUT.headSize());
  }

  private static void check(float[] before, float[] after, Rope rope) {
    int perHead = POSITIONS * LAYOUT.headSize();
    int heads = before.length / SEQUENCES / perHead;
    int sharing = heads / LAYOUT.kvHeads();
    for (int row = 0; row < SEQUENCES * heads; row++) {
      double[][] head = new double[POSITIONS][LAYOUT.headSize()];
      for (int i = 0; i < perHead; i++) {
        head[i / LAYOUT.headSize()][i % LAYOUT.headSize()] = before[row * perHead + i];
      }
      double[][] expected = PlainAttention.rotate(head, rope, row % heads / sharing);
      for (int i = 0; i < perHead; i++) {
        assertThat((double) after[row * perHead + i])
            .as("seed %d head %d element %d", heads, row, i)
            .isCloseTo(expected[i / LAYOUT.headSize()][i % LAYOUT.headSize()], within(1e-5));
      }
    }
  }
}
