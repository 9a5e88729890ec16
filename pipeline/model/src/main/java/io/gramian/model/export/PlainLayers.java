package io.gramian.model.export;

import io.gramian.model.Activation;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A decoder whose layers are an attention with rotary embedding and a gated MLP, as other formats
 * have them, at a width.
 */
public final class PlainLayers {

  private final DecoderSpec spec;

  private PlainLayers(DecoderSpec spec) {
    this.spec = spec;
  }

  /** Of a decoder that {@link #refusal} has let through. */
  public static PlainLayers of(DecoderSpec spec) {
    return new PlainLayers(spec);
  }

  /** Why a decoder is none, if it is none. */
  public static Optional<String> refusal(DecoderSpec spec) {
    if (!List.of("llama", "qwen2").contains(spec.family())) {
      return Optional.of(
          "a "
              + spec.family()
              + " model cannot be exported: Gramian writes attention and gated MLPs in other"
              + " formats, of llama and qwen2, but no state spaces");
    }
    return spec.blocks().stream().flatMap(PlainLayers::otherActivation).findFirst();
  }

  private static Stream<String> otherActivation(ResidualBlock block) {
    return block.mixer() instanceof Mlp mlp && mlp.activation() != Activation.SILU
        ? Stream.of(
            "the MLPs' activation is " + mlp.activation() + ", but the format has silu alone")
        : Stream.empty();
  }

  /** All attentions, in order. */
  public List<Attention> attentions() {
    return mixers(Attention.class);
  }

  /** All MLPs, in order. */
  public List<Mlp> mlps() {
    return mixers(Mlp.class);
  }

  private <T> List<T> mixers(Class<T> type) {
    return spec.blocks().stream()
        .map(ResidualBlock::mixer)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Channels of the MLPs, in order. */
  public List<Integer> mlpSizes() {
    return mlps().stream().map(Mlp::intermediateSize).toList();
  }

  /** Channels of a head of the model as it came: the same everywhere. */
  public int headSize() {
    return attentions().get(0).layout().headSize();
  }

  /** The first heads that have lost channels, in words, if any have. */
  public Optional<String> narrowHeads() {
    return attentions().stream()
        .filter(
            attention ->
                attention.queryKeySize() < headSize() || attention.valueSize() < headSize())
        .findFirst()
        .map(
            attention ->
                String.format(
                    Locale.ROOT,
                    "%s is %d of %d channels a head wide and %s %d",
                    attention.query().weight(),
                    attention.queryKeySize(),
                    headSize(),
                    attention.value().weight(),
                    attention.valueSize()));
  }

  /** Whether any output map of an attention has a bias: of the model, or for dropped values. */
  public boolean hasOutputBias() {
    return attentions().stream().anyMatch(attention -> attention.output().biasName().isPresent());
  }
}
