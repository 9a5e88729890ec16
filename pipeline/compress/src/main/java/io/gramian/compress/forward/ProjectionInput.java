package io.gramian.compress.forward;

import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An activation that linear maps read, and which ones: they share the Gram matrix of it.
 *
 * @param blockIndex residual block; one past the last for the head
 * @param site the activation, {@code [B, T, size]}
 * @param maps those that read it, in the order of {@link io.gramian.model.Mixer#maps}
 */
public record ProjectionInput(int blockIndex, Site site, List<LinearSpec> maps)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public ProjectionInput {
    maps = List.copyOf(maps);
  }

  /**
   * The distinct inputs of a block's maps, in the order in which data meets them: first the normed
   * input, which q, k and v, or gate and up, or a state space mixer's input map read; then the
   * output map's.
   */
  public static List<ProjectionInput> of(ResidualBlock block) {
    return block.mixer().accept(new InputsOf(block.blockIndex()));
  }

  /** The head's input: the final norm's output. */
  public static ProjectionInput ofHead(DecoderSpec spec) {
    LinearSpec head = new LinearSpec(spec.head(), null, spec.vocabularySize(), spec.hiddenSize());
    return new ProjectionInput(spec.blocks().size(), Site.HEAD_INPUT, List.of(head));
  }

  /** Channels of the activation. */
  public int size() {
    return maps.get(0).in();
  }

  /**
   * Its place in words, for messages: {@code mixer-input of block 3, read by a.weight, b.weight}.
   */
  public String label() {
    return site.label()
        + " of block "
        + blockIndex
        + ", read by "
        + maps.stream().map(LinearSpec::weight).collect(Collectors.joining(", "));
  }

  private record InputsOf(int blockIndex) implements MixerVisitor<List<ProjectionInput>> {

    @Override
    public List<ProjectionInput> attention(Attention attention) {
      return List.of(
          input(Site.MIXER_INPUT, attention.query(), attention.key(), attention.value()),
          input(Site.ATTENDED, attention.output()));
    }

    @Override
    public List<ProjectionInput> mlp(Mlp mlp) {
      LinearSpec[] readers =
          Stream.concat(mlp.gateMap().stream(), Stream.of(mlp.up())).toArray(LinearSpec[]::new);
      return List.of(input(Site.MIXER_INPUT, readers), input(Site.DOWN_INPUT, mlp.down()));
    }

    @Override
    public List<ProjectionInput> mamba2(Mamba2 mamba2) {
      return List.of(
          input(Site.MIXER_INPUT, mamba2.input()), input(Site.OUT_INPUT, mamba2.output()));
    }

    private ProjectionInput input(Site site, LinearSpec... maps) {
      return new ProjectionInput(blockIndex, site, List.of(maps));
    }
  }
}
