package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layers of an attention and a gated MLP, each behind its norm, under the tensor names that Llama
 * introduced.
 *
 * @param sizes of everything
 * @param rope of every layer
 * @param biases which maps have one
 */
record PreNormLayers(DecoderSizes sizes, Rope rope, Biases biases) {

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  /**
   * Which maps have a bias.
   *
   * @param queryKeyValue q_proj, k_proj and v_proj
   * @param output o_proj
   * @param mlp gate_proj, up_proj and down_proj
   */
  record Biases(boolean queryKeyValue, boolean output, boolean mlp) {}

  /** Reads sizes and rotary embedding from {@code config}. */
  static PreNormLayers read(HfConfig config, Biases biases) {
    DecoderSizes sizes = DecoderSizes.read(config);
    return new PreNormLayers(sizes, RopeSettings.read(config, sizes.heads().headSize()), biases);
  }

  /** The decoder of {@code config}: layer {@code l} is blocks {@code 2l} and {@code 2l + 1}. */
  DecoderSpec decoder(String family, HfConfig config) {
    return new DecoderSpec(
        family,
        sizes.hidden(),
        sizes.vocabulary(),
        EMBEDDING,
        IntStream.range(0, sizes.layers()).boxed().flatMap(this::layer).toList(),
        norm("model.norm.weight"),
        config.booleanOr("tie_word_embeddings", false) ? EMBEDDING : HEAD);
  }

  private Stream<ResidualBlock> layer(int layer) {
    String prefix = "model.layers." + layer + ".";
    NormSpec first = norm(prefix + "input_layernorm.weight");
    NormSpec second = norm(prefix + "post_attention_layernorm.weight");
    return Stream.of(
        new ResidualBlock(2 * layer, layer, first, attention(prefix + "self_attn.")),
        new ResidualBlock(2 * layer + 1, layer, second, mlp(prefix + "mlp.")));
  }

  private NormSpec norm(String weight) {
    return new NormSpec(weight, sizes.hidden(), sizes.epsilon());
  }

  private Attention attention(String prefix) {
    HeadLayout heads = sizes.heads();
    Projection projection = new Projection(prefix, biases.queryKeyValue());
    return new Attention(
        projection.map("q_proj", heads.querySize(), sizes.hidden()),
        projection.map("k_proj", heads.keyValueSize(), sizes.hidden()),
        projection.map("v_proj", heads.keyValueSize(), sizes.hidden()),
        new Projection(prefix, biases.output()).map("o_proj", sizes.hidden(), heads.querySize()),
        heads,
        rope);
  }

  private Mlp mlp(String prefix) {
    Projection projection = new Projection(prefix, biases.mlp());
    return new Mlp(
        projection.map("gate_proj", sizes.intermediate(), sizes.hidden()),
        projection.map("up_proj", sizes.intermediate(), sizes.hidden()),
        projection.map("down_proj", sizes.hidden(), sizes.intermediate()),
        sizes.activation());
  }

  /** Names the tensors of the maps below {@code prefix}, with biases or without. */
  private record Projection(String prefix, boolean biased) {

    LinearSpec map(String name, int out, int in) {
      String bias = biased ? prefix + name + ".bias" : null;
      return new LinearSpec(prefix + name + ".weight", bias, out, in);
    }
  }
}
