package io.gramian.jobs;

import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import io.gramian.model.packed.PackedBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * Causal attention in plain loops on keys and values of full size. Of a token at a narrow width,
 * dropped query and key channels are zero and dropped value channels their bias; what it reads of
 * other tokens' dropped value channels is that bias as well, since attention weights sum to one.
 */
final class PlainAttention implements PlainMixer {

  private final Attention spec;
  private final HeadLayout layout;
  private final PlainMap query;
  private final PlainMap key;
  private final PlainMap value;
  private final PlainMap output;
  private final List<double[]> keys = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();

  PlainAttention(Attention spec, PackedBlock block) {
    this.spec = spec;
    this.layout = spec.layout();
    this.query = PlainMap.of(block, spec.query().weight());
    this.key = PlainMap.of(block, spec.key().weight());
    this.value = PlainMap.of(block, spec.value().weight());
    this.output = PlainMap.of(block, spec.output().weight());
  }

  @Override
  public double[] next(double[] x, BlockWidths widths) {
    int position = keys.size();
    double[] queries = query.apply(x, widths);
    rotate(queries, layout.heads(), position);
    double[] fresh = key.apply(x, widths);
    rotate(fresh, layout.kvHeads(), position);
    keys.add(fresh);
    double[] mine = value.apply(x, widths);
    boolean[] kept = value.kept(widths);
    for (int i = 0; i < mine.length; i++) {
      mine[i] = kept[i] ? mine[i] : value.bias(i);
    }
    values.add(mine);
    return output.apply(mix(queries, kept), widths);
  }

  private double[] mix(double[] queries, boolean[] kept) {
    int size = spec.valueSize();
    double[] mixed = new double[layout.heads() * size];
    for (int head = 0; head < layout.heads(); head++) {
      int shared = head / layout.queriesPerKvHead();
      double[] weights = weights(queries, head, shared);
      for (int i = 0; i < size; i++) {
        int channel = shared * size + i;
        double sum = 0;
        for (int position = 0; position < weights.length; position++) {
          sum += weights[position] * values.get(position)[channel];
        }
        mixed[head * size + i] = kept[channel] ? sum : value.bias(channel);
      }
    }
    return mixed;
  }

  private double[] weights(double[] queries, int head, int shared) {
    int size = spec.queryKeySize();
    double[] weights = new double[keys.size()];
    double largest = Double.NEGATIVE_INFINITY;
    for (int position = 0; position < weights.length; position++) {
      double score = 0;
      for (int i = 0; i < size; i++) {
        score += queries[head * size + i] * keys.get(position)[shared * size + i];
      }
      weights[position] = score / Math.sqrt(layout.headSize());
      largest = Math.max(largest, weights[position]);
    }
    double total = 0;
    for (int position = 0; position < weights.length; position++) {
      weights[position] = Math.exp(weights[position] - largest);
      total += weights[position];
    }
    for (int position = 0; position < weights.length; position++) {
      weights[position] /= total;
    }
    return weights;
  }

  /** Pairs stand side by side, {@code a, b, a', b', ..}, before the channels that do not rotate. */
  private void rotate(double[] channels, int heads, int position) {
    if (spec.rotary().isEmpty()) {
      return;
    }
    Rope rope = spec.rotary().get();
    for (int head = 0; head < heads; head++) {
      List<Integer> order = rope.pairOrders().get(head / (heads / layout.kvHeads()));
      for (int pair = 0; pair < rope.pairs(); pair++) {
        int a = head * spec.queryKeySize() + 2 * pair;
        double angle = position * rope.inverseFrequencies().get(order.get(pair));
        double cos = Math.cos(angle) * rope.attentionFactor();
        double sin = Math.sin(angle) * rope.attentionFactor();
        double first = channels[a];
        double second = channels[a + 1];
        channels[a] = first * cos - second * sin;
        channels[a + 1] = second * cos + first * sin;
      }
    }
  }
}
