package io.gramian.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * A selective state space mixer with one decay a head (Mamba-2, arXiv 2405.21060). The input map
 * gives, in this order of rows, {@code z [H P], x [H P], B [G N], C [G N], dt [H]}; x, B and C then
 * pass the causal convolution and SiLU. With {@code dt} as {@link ScanParameters} says, head {@code
 * j} of group {@code g} keeps a state {@code h [N, P]}:
 *
 * <pre>{@code
 * h_t = exp(dt_t a_j) h_{t-1} + dt_t B_t' x_t
 * y_t = C_t h_t + D_j x_t
 * }</pre>
 *
 * <p>and the heads side by side leave through {@code output(norm(y * silu(z)))}, where the norm
 * averages over each of {@code normGroups} equal parts of the width by itself.
 *
 * @param input {@code [2 H P + 2 G N + H, h]}
 * @param convolution over the {@code H P + 2 G N} channels of x, B and C
 * @param scan decay, skip and step
 * @param gatedNorm its weight {@code [H P]}
 * @param output {@code [h, H P]}
 * @param layout how the rows split into heads and groups
 */
public record Mamba2(
    LinearSpec input,
    Convolution convolution,
    ScanParameters scan,
    NormSpec gatedNorm,
    LinearSpec output,
    ScanLayout layout)
    implements Mixer {

  private static final long serialVersionUID = 1L;

  public Mamba2 {
    size("rows of " + input.weight(), input.out(), layout.inputRows());
    size(
        "channels of " + convolution.weight(),
        convolution.channels(),
        layout.convolutionChannels());
    size("channels of " + gatedNorm.weight(), gatedNorm.size(), layout.innerSize());
    size("columns of " + output.weight(), output.in(), layout.innerSize());
  }

  private static void size(String what, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(what + ": " + actual + " instead of " + expected);
    }
  }

  @Override
  public String kind() {
    return "mamba2";
  }

  @Override
  public <R> R accept(MixerVisitor<R> visitor) {
    return visitor.mamba2(this);
  }

  @Override
  public List<LinearSpec> maps() {
    return List.of(input, output);
  }

  @Override
  public List<TensorShape> tensors() {
    return Stream.of(
            input.tensors(),
            convolution.tensors(),
            scan.tensors(layout.heads()),
            List.of(gatedNorm.tensor()),
            output.tensors())
        .flatMap(List::stream)
        .toList();
  }
}
