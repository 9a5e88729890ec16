package io.gramian.compress.finetune;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Which input channels of a map's adapter a sequence drops: each with the same probability, for all
 * of its positions at once (variational dropout, Gal and Ghahramani 2016, arXiv 1512.05287). What
 * is kept is scaled by one over the probability to be kept.
 *
 * <p>A pure function of seed, step, the sequence's place in the step, the tensor's name and the
 * channel of the full-width map: no split of a step over workers or micro-batches, and no width,
 * changes what is drawn.
 *
 * @param rate probability to be dropped, [0, 1)
 * @param draws of the seed
 */
record Dropout(double rate, Draws draws) {

  static Dropout of(FinetuneSettings settings) {
    return new Dropout(settings.lora().dropout(), Draws.of(settings.plan().seed()).with("dropout"));
  }

  /**
   * The mask {@code [places, channels]} of one map, F32; none where nothing is ever dropped.
   *
   * @param name of the map's weight
   * @param channels of the full-width map
   */
  Optional<Tensor> mask(String name, int[] channels, long step, List<Long> places) {
    if (rate == 0) {
      return Optional.empty();
    }
    Draws ofStep = draws.with(name).with(step);
    float kept = (float) (1 / (1 - rate));
    float[] mask = new float[Math.multiplyExact(places.size(), channels.length)];
    int at = 0;
    for (long place : places) {
      Draws ofSequence = ofStep.with(place);
      for (int channel : channels) {
        mask[at++] = ofSequence.uniform(channel) < rate ? 0 : kept;
      }
    }
    return Optional.of(Tensor.create(mask, places.size(), channels.length));
  }
}
