package io.gramian.edge.decode;

import io.gramian.checkpoint.FloatCodec;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.edge.team.Worker;
import io.gramian.model.Attention;
import java.util.Optional;

/**
 * What the value biases of dropped channels add to the output, {@code sum_c b_c W_o[:, c]}:
 * attention weights sum to one, so a bias passes through whatever the tokens are. Rounded to F16
 * together with the output's own bias, as in an artifact that was cut to the width.
 *
 * <p>Formed by the first pass at a width, each worker its own rows; costs nothing when the width is
 * set.
 */
final class DroppedValueBias {

  private final StoredMap map;
  private final float[] columns;
  private final float[] own;
  private final float[] added;
  private final boolean[] ready;

  private DroppedValueBias(StoredMap map, float[] columns, float[] own, int workers) {
    this.map = map;
    this.columns = columns;
    this.own = own;
    this.added = new float[map.weights().rows()];
    this.ready = new boolean[workers];
  }

  /**
   * For a block at a width.
   *
   * @param kept channels of a value head that are left
   */
  static Optional<DroppedValueBias> of(Binding binding, Attention stored, int kept) {
    StoredMap output = binding.stored().map(stored.output());
    float[] bias = binding.stored().map(stored.value()).allBias();
    if (bias.length == 0 || kept == stored.valueSize()) {
      return Optional.empty();
    }
    int workers = binding.workspace().workers();
    return Optional.of(
        new DroppedValueBias(output, columns(stored, bias, kept), output.allBias(), workers));
  }

  /** The bias behind each stored column of the output map, zero where it is kept. */
  private static float[] columns(Attention stored, float[] bias, int kept) {
    int size = stored.valueSize();
    int queries = stored.layout().queriesPerKvHead();
    float[] columns = new float[stored.output().in()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i % size < kept ? 0 : bias[i / size / queries * size + i % size];
    }
    return columns;
  }

  /** Forms this worker's rows, unless it has. */
  void form(Worker worker, RowSpan[] own) {
    if (!ready[worker.index()]) {
      for (RowSpan span : own) {
        form(span.output(), span.output() + span.rows());
      }
      ready[worker.index()] = true;
    }
  }

  /** {@code [h]}: a worker's rows once it has formed them. */
  float[] added() {
    return added;
  }

  private void form(int from, int to) {
    WeightRows weights = map.weights();
    float[] numbers = new float[columns.length];
    for (int row = from; row < to; row++) {
      weights.read(row, 0, numbers.length, numbers, 0);
      double sum = 0;
      for (int i = 0; i < numbers.length; i++) {
        sum += (double) numbers[i] * columns[i];
      }
      float before = own.length == 0 ? 0 : own[row];
      added[row] = FloatCodec.roundedToF16(before + (float) sum) - before;
    }
  }
}
