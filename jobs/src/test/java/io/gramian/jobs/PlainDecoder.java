package io.gramian.jobs;

import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The definition of a text of mixed widths: a packed artifact's forward pass in double precision
 * and plain loops, one token after the other, each at its own widths. Everything has its full size;
 * a width holds what it drops at zero.
 */
final class PlainDecoder {

  private final PackedDecoder layout;
  private final PlainMap embedding;
  private final PlainMap head;
  private final float[] finalNorm;
  private final List<PackedBlock> blocks = new ArrayList<>();
  private final List<PlainMixer> mixers = new ArrayList<>();

  private PlainDecoder(PackedCheckpoint packed) throws IOException {
    PackedReader reader = new PackedReader(packed.checkpoint());
    this.layout = packed.decoder();
    this.embedding = PlainMap.table(layout.embedding(), reader.map(layout.embedding()));
    this.head = PlainMap.table(layout.head(), reader.map(layout.head()));
    this.finalNorm = reader.vector(layout.finalNorm());
    for (PackedLayout block : layout.blocks()) {
      blocks.add(PackedBlock.read(block, packed.checkpoint()));
    }
    reset();
  }

  /** Before the first token. */
  static PlainDecoder of(PackedCheckpoint packed) throws IOException {
    return new PlainDecoder(packed);
  }

  /** Forgets the text. */
  void reset() {
    mixers.clear();
    blocks.forEach(block -> mixers.add(block.layout().block().mixer().accept(new Make(block))));
  }

  /**
   * Reads a token.
   *
   * @param widths at which it is computed, by block index
   * @return the logits behind it
   */
  double[] next(int token, Map<Integer, BlockWidths> widths) {
    double[] x = embedding.row(token);
    for (int i = 0; i < blocks.size(); i++) {
      ResidualBlock block = blocks.get(i).layout().block();
      float[] weight = blocks.get(i).vector(block.norm().weight());
      double[] normed = PlainFunctions.norm(x, weight, block.norm().epsilon());
      double[] added = mixers.get(i).next(normed, widths.get(i));
      for (int channel = 0; channel < x.length; channel++) {
        x[channel] += added[channel];
      }
    }
    double epsilon = layout.spec().finalNorm().epsilon();
    return head.apply(PlainFunctions.norm(x, finalNorm, epsilon), new BlockWidths(Map.of()));
  }

  private record Make(PackedBlock block) implements MixerVisitor<PlainMixer> {

    @Override
    public PlainMixer attention(Attention attention) {
      return new PlainAttention(attention, block);
    }

    @Override
    public PlainMixer mlp(Mlp mlp) {
      return new PlainMlp(mlp, block);
    }

    @Override
    public PlainMixer mamba2(Mamba2 mamba2) {
      return new PlainMamba2(mamba2, block);
    }
  }
}
