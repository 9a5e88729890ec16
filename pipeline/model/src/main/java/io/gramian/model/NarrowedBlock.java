package io.gramian.model;

import java.util.List;
import java.util.Optional;

/**
 * The description of a block of which only the first units of each coupling are kept.
 *
 * <p>Heads keep their number and lose channels; the scale of the attention scores stays that of the
 * original head size. A value bias whose channel is dropped still reaches the output (it passes
 * through the softmax average unchanged), so the output map gains a bias to hold it.
 */
public final class NarrowedBlock {

  private NarrowedBlock() {}

  /** {@code block} at {@code widths}. */
  public static ResidualBlock of(ResidualBlock block, BlockWidths widths) {
    Mixer mixer = block.mixer().accept(new Narrow(widths));
    return new ResidualBlock(block.blockIndex(), block.layerIndex(), block.norm(), mixer);
  }

  /** Name of the output bias that holds what dropped value biases contribute. */
  public static String outputBias(Attention attention) {
    return attention
        .output()
        .biasName()
        .orElseGet(() -> attention.output().weight().replaceFirst("\\.weight$", ".bias"));
  }

  private record Narrow(BlockWidths widths) implements MixerVisitor<Mixer> {

    private Optional<List<Integer>> kept(Coupling coupling) {
      return Optional.ofNullable(widths.kept().get(coupling));
    }

    private int units(Coupling coupling, int all) {
      return kept(coupling).map(counts -> counts.get(0)).orElse(all);
    }

    @Override
    public Mixer mlp(Mlp mlp) {
      int n = units(Coupling.MLP, mlp.intermediateSize());
      LinearSpec gate = mlp.gateMap().map(map -> rows(map, n)).orElse(null);
      return new Mlp(gate, rows(mlp.up(), n), columns(mlp.down(), n), mlp.activation());
    }

    @Override
    public Mixer attention(Attention attention) {
      HeadLayout layout = attention.layout();
      int value = units(Coupling.VALUE_OUTPUT, attention.valueSize());
      Rope rope = attention.rotary().map(r -> rope(r, layout)).orElse(null);
      int queryKey = queryKeySize(attention);
      return new Attention(
          rows(attention.query(), layout.heads() * queryKey),
          rows(attention.key(), layout.kvHeads() * queryKey),
          rows(attention.value(), layout.kvHeads() * value),
          output(attention, layout.heads() * value),
          layout,
          rope);
    }

    private Rope rope(Rope rope, HeadLayout layout) {
      return rope.narrowed(units(Coupling.QUERY_KEY, rope.pairs()), layout.kvHeads());
    }

    private int queryKeySize(Attention attention) {
      List<Integer> counts = kept(Coupling.QUERY_KEY).orElse(List.of());
      if (counts.isEmpty()) {
        return attention.queryKeySize();
      }
      int rotated = attention.rotary().isPresent() ? 2 * counts.get(0) : counts.get(0);
      return rotated + counts.stream().skip(1).mapToInt(Integer::intValue).sum();
    }

    private static LinearSpec output(Attention attention, int columns) {
      LinearSpec output = attention.output();
      boolean drops = columns < output.in() && attention.value().biasName().isPresent();
      String bias = drops ? outputBias(attention) : output.bias();
      return new LinearSpec(output.weight(), bias, output.out(), columns);
    }

    @Override
    public Mixer mamba2(Mamba2 mamba2) {
      ScanLayout from = mamba2.layout();
      ScanLayout to =
          new ScanLayout(
              from.heads(),
              units(Coupling.Z_X_OUT, from.headSize()),
              from.groups(),
              units(Coupling.B_C, from.stateSize()),
              from.normGroups(),
              from.chunkSize());
      Convolution convolution = mamba2.convolution();
      NormSpec norm = mamba2.gatedNorm();
      return new Mamba2(
          rows(mamba2.input(), to.inputRows()),
          new Convolution(
              convolution.weight(),
              convolution.bias(),
              to.convolutionChannels(),
              convolution.kernel()),
          mamba2.scan(),
          new NormSpec(norm.weight(), to.innerSize(), norm.epsilon()),
          columns(mamba2.output(), to.innerSize()),
          to);
    }

    private static LinearSpec rows(LinearSpec map, int rows) {
      return new LinearSpec(map.weight(), map.bias(), rows, map.in());
    }

    private static LinearSpec columns(LinearSpec map, int columns) {
      return new LinearSpec(map.weight(), map.bias(), map.out(), columns);
    }
  }
}
