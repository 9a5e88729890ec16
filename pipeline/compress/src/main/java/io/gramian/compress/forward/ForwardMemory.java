package io.gramian.compress.forward;

import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;

/**
 * Native bytes that a forward pass through one block takes beside its weights while its statistics
 * are recorded, told from the shapes alone.
 *
 * <p>A block frees nothing before its end, so these are the sizes of all its intermediate results,
 * a token each, with the F64 copies of whatever site is being recorded. Counted from the code;
 * where libtorch makes copies of its own they are in the count as far as they were seen.
 */
public final class ForwardMemory {

  /** Rows of logits that are formed at a time, and the copies that scoring makes of them. */
  private static final long SCORED_ROWS = 256;

  private static final long LOGIT_BYTES = 3 * Float.BYTES;

  private static final long F = Float.BYTES;
  private static final long D = Double.BYTES;
  private static final long CHUNK = 64;

  private ForwardMemory() {}

  /**
   * Bytes a token of a batch takes, hidden states before and behind the block and before its layer
   * included.
   */
  public static long bytesPerToken(ResidualBlock block) {
    long hidden = block.norm().size();
    long passing = 3 * F * hidden + block.mixer().accept(new OfMixer());
    // When a block is done its influence is summed up, in F64.
    long influence = 5 * D * hidden;
    return 3 * F * hidden + Math.max(passing, influence);
  }

  /** Bytes that the scores of next tokens take, beside the head. */
  public static long scoringBytes(DecoderSpec spec) {
    return SCORED_ROWS * LOGIT_BYTES * spec.vocabularySize();
  }

  private static final class OfMixer implements MixerVisitor<Long> {

    /** Rotated copies of q and k are made of halves: six of products and sums, and the whole. */
    @Override
    public Long attention(Attention attention) {
      long q = attention.query().out();
      long k = attention.key().out();
      long v = attention.value().out();
      long attended = attention.output().in();
      long rotation = attention.rotary().isPresent() ? 4 : 0;
      long queries = (1 + rotation) * F * (q + k);
      long recordedQuery = 2 * F * q + 2 * D * q;
      long rest = 2 * F * v + F * q + 3 * F * attended;
      return queries + Math.max(recordedQuery, rest);
    }

    @Override
    public Long mlp(Mlp mlp) {
      long inner = (mlp.gateMap().isPresent() ? 4 : 3) * F;
      return mlp.intermediateSize() * (inner + F + D);
    }

    @Override
    public Long mamba2(Mamba2 mamba2) {
      ScanLayout layout = mamba2.layout();
      long inner = layout.innerSize();
      long taps = mamba2.convolution().kernel();
      long before = F * layout.inputRows() + (2 * taps + 2) * F * layout.convolutionChannels();
      return before + Math.max(scan(layout), inner * (7 * F + F + D));
    }

    private static long scan(ScanLayout layout) {
      long inner = layout.innerSize();
      long heads = layout.heads();
      long chunk = Math.min(layout.chunkSize(), CHUNK);
      long squares = heads * chunk;
      long states = inner * layout.stateSize() / chunk;
      long keys = heads * layout.stateSize();
      long held = 4 * F * inner + 4 * F * states + 2 * F * keys;
      long grams =
          8 * F * squares
              + 3 * F * inner
              + 2 * F * keys
              + 10 * F * inner * layout.headSize() / chunk;
      long outputs = 4 * F * squares + 9 * F * inner;
      long recorded = 3 * F * keys + 2 * D * keys;
      return held + Math.max(grams, Math.max(outputs, recorded));
    }
  }
}
