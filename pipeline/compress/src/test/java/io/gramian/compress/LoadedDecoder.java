package io.gramian.compress;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Embedding;
import io.gramian.compress.forward.Head;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/** A whole small model in memory, run block by block: what a cluster does, on one thread. */
public final class LoadedDecoder implements AutoCloseable {

  private final DecoderSpec spec;
  private final Weights outer;
  private final Map<Integer, Weights> blocks = new LinkedHashMap<>();

  private LoadedDecoder(DecoderSpec spec, Weights outer) {
    this.spec = spec;
    this.outer = outer;
  }

  public static LoadedDecoder load(ModelCheckpoint model) {
    NativeRuntime.load();
    DecoderSpec spec = model.spec();
    LoadedDecoder decoder =
        new LoadedDecoder(
            spec,
            Weights.read(
                model.checkpoint(),
                List.of(spec.embeddingTensor(), spec.finalNorm().tensor(), spec.headTensor())));
    for (ResidualBlock block : spec.blocks()) {
      decoder.blocks.put(block.blockIndex(), Weights.read(model.checkpoint(), block.tensors()));
    }
    return decoder;
  }

  /** A model of weights that are there already; takes them over. */
  public static LoadedDecoder of(DecoderSpec spec, Weights outer, Map<Integer, Weights> blocks) {
    LoadedDecoder decoder = new LoadedDecoder(spec, outer);
    decoder.blocks.putAll(blocks);
    return decoder;
  }

  /** The same model with every block replaced. */
  public LoadedDecoder with(
      DecoderSpec other, BiFunction<ResidualBlock, Weights, Weights> transform) {
    Map<String, Tensor> tables = new LinkedHashMap<>();
    outer.names().forEach(name -> tables.put(name, outer.get(name)));
    LoadedDecoder copy = new LoadedDecoder(other, Weights.of(tables));
    spec.blocks()
        .forEach(
            block ->
                copy.blocks.put(
                    block.blockIndex(), transform.apply(block, blocks.get(block.blockIndex()))));
    return copy;
  }

  public DecoderSpec spec() {
    return spec;
  }

  /** Embedding, final norm and head. */
  public Weights outer() {
    return outer;
  }

  public Weights weights(ResidualBlock block) {
    return blocks.get(block.blockIndex());
  }

  /** The residual stream after the embedding and after every block. */
  public List<Tensor> hiddenStates(int[] ids, int sequences, int positions) {
    List<Tensor> states = new ArrayList<>();
    states.add(new Embedding(spec, outer).apply(ids, sequences, positions));
    for (ResidualBlock block : spec.blocks()) {
      BlockForward forward = new BlockForward(block, weights(block));
      states.add(forward.apply(states.get(states.size() - 1), SiteRecorder.NONE));
    }
    return states;
  }

  public Tensor logits(int[] ids, int sequences, int positions) {
    List<Tensor> states = hiddenStates(ids, sequences, positions);
    return head().apply(states.get(states.size() - 1));
  }

  public Head head() {
    return new Head(spec, outer);
  }

  /** Adds a batch's statistics to one collector a block. */
  public void collect(
      int[] ids, int sequences, int positions, Map<Integer, BlockStatistics> statistics) {
    TokenMask mask = new TokenMask(filled(sequences, positions), positions);
    Tensor x = new Embedding(spec, outer).apply(ids, sequences, positions);
    for (ResidualBlock block : spec.blocks()) {
      SiteRecorder recorder = statistics.get(block.blockIndex()).recorder(mask);
      x = new BlockForward(block, weights(block)).apply(x, recorder);
    }
  }

  private static int[] filled(int length, int value) {
    int[] values = new int[length];
    java.util.Arrays.fill(values, value);
    return values;
  }

  @Override
  public void close() {
    outer.close();
    blocks.values().forEach(Weights::close);
  }
}
