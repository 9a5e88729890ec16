package io.gramian.model.gguf;

import io.gramian.model.DecoderSpec;
import io.gramian.model.export.PairPlace;
import io.gramian.model.export.PlainLayers;

/**
 * The architectures of GGUF that an export is of: which tensors they have, and where pairs stand.
 */
enum GgufArchitecture {
  /** Pairs side by side; every map may have a bias; frequencies may be scaled one by one. */
  LLAMA("llama", PairPlace.ADJACENT),
  /** Pairs half a head apart; query, key and value have biases and no other map has one. */
  QWEN2("qwen2", PairPlace.HALF_SPLIT);

  private final String label;
  private final PairPlace pairs;

  GgufArchitecture(String label, PairPlace pairs) {
    this.label = label;
    this.pairs = pairs;
  }

  /**
   * The one for a decoder. Computed alike, a Qwen2 model is a Llama with biases: it is called one
   * where it needs what only that has, an output bias for dropped values or scaled frequencies.
   */
  static GgufArchitecture of(DecoderSpec spec, boolean scaledFrequencies) {
    boolean plain = !scaledFrequencies && !PlainLayers.of(spec).hasOutputBias();
    return spec.family().equals(QWEN2.label) && plain ? QWEN2 : LLAMA;
  }

  /** {@code general.architecture}, and what its keys begin with. */
  String label() {
    return label;
  }

  /** Where it has the channels of a rotary pair. */
  PairPlace pairs() {
    return pairs;
  }
}
