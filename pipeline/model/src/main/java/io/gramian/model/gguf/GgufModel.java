package io.gramian.model.gguf;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.gguf.GgufMetadata;
import io.gramian.checkpoint.gguf.Q4Row;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import io.gramian.model.export.BlockPlacement;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.PlainLayers;
import io.gramian.model.family.RopeBase;
import java.util.Collections;
import java.util.List;

/**
 * A decoder at a width as GGUF describes it.
 *
 * @param spec narrow
 * @param architecture whose tensors and keys it has
 * @param rope base and factors of its frequencies
 * @param mlpSize channels of every MLP in the file
 */
record GgufModel(DecoderSpec spec, GgufArchitecture architecture, RopeBase rope, int mlpSize) {

  /** llama.cpp's number for files whose matrices are mostly Q4_0. */
  private static final int MOSTLY_Q4_0 = 2;

  private static final int QUANTISATION_VERSION = 2;

  static GgufModel of(ExportSource source) {
    DecoderSpec spec = source.decoder().spec();
    PlainLayers layers = PlainLayers.of(spec);
    Rope rope = layers.attentions().get(0).rotary().orElseThrow();
    RopeBase base = RopeBase.of(source.config(), rope);
    int widest = Collections.max(layers.mlpSizes());
    int blocks = (widest + Q4Row.BLOCK - 1) / Q4Row.BLOCK;
    return new GgufModel(
        spec, GgufArchitecture.of(spec, !base.isUnscaled()), base, blocks * Q4Row.BLOCK);
  }

  /** Places of a block's maps. */
  BlockPlacement placement(ResidualBlock block) {
    return BlockPlacement.of(block, mlpSize, architecture.pairs());
  }

  private Attention attention() {
    return PlainLayers.of(spec).attentions().get(0);
  }

  /** All keys but the tokenizer's. */
  GgufMetadata metadata(HfConfig config) {
    String prefix = architecture.label() + ".";
    HeadLayout heads = attention().layout();
    List<Attention> layers = PlainLayers.of(spec).attentions();
    return new GgufMetadata()
        .text("general.architecture", architecture.label())
        .text("general.type", "model")
        .count("general.file_type", MOSTLY_Q4_0)
        .count("general.quantization_version", QUANTISATION_VERSION)
        .count(prefix + "vocab_size", spec.vocabularySize())
        .count(prefix + "context_length", config.requireInt("max_position_embeddings"))
        .count(prefix + "embedding_length", spec.hiddenSize())
        .count(prefix + "block_count", layers.size())
        .count(prefix + "feed_forward_length", mlpSize)
        .count(prefix + "attention.head_count", heads.heads())
        .count(prefix + "attention.head_count_kv", heads.kvHeads())
        .count(prefix + "attention.key_length", heads.headSize())
        .count(prefix + "attention.value_length", heads.headSize())
        .number(prefix + "attention.layer_norm_rms_epsilon", (float) spec.finalNorm().epsilon())
        .count(prefix + "rope.dimension_count", heads.headSize())
        .number(prefix + "rope.freq_base", (float) rope.theta());
  }
}
