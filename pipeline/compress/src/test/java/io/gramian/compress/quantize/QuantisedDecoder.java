package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Embedding;
import io.gramian.compress.forward.Head;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A whole small model quantised block by block on one thread: what a cluster does. */
public final class QuantisedDecoder {

  private static final int BATCH = 8;

  private final Quantisation how;
  private final LoadedDecoder dense;
  private final Optional<Hadamard> rotation;
  private final PackedDecoder layout;
  private final List<PackedBlock> blocks = new ArrayList<>();
  private final List<Tensor> states = new ArrayList<>();
  private final int positions;
  private PackedMatrix embedding;
  private PackedMatrix head;

  private QuantisedDecoder(LoadedDecoder dense, Quantisation how, int positions) {
    this.how = how;
    this.dense = dense;
    this.positions = positions;
    this.rotation = Hadamard.ofSize(dense.spec().hiddenSize());
    this.layout = PackedDecoder.of(dense.spec(), how.group());
  }

  /** Quantises {@code dense} on {@code ids [sequences, positions]}. */
  public static QuantisedDecoder of(
      LoadedDecoder dense, Quantisation how, int[] ids, int positions) {
    QuantisedDecoder decoder = new QuantisedDecoder(dense, how, positions);
    try (PointerScope scope = new PointerScope()) {
      decoder.embed(ids);
      dense.spec().blocks().forEach(decoder::quantise);
      decoder.quantiseHead();
      decoder.states.clear();
    }
    return decoder;
  }

  public PackedDecoder layout() {
    return layout;
  }

  public List<PackedBlock> blocks() {
    return blocks;
  }

  public PackedMatrix embedding() {
    return embedding;
  }

  public PackedMatrix head() {
    return head;
  }

  private void embed(int[] ids) {
    try (Weights tables = RotatedTables.embedding(dense.spec(), dense.outer(), rotation)) {
      embedding = nearest(layout.embedding(), tables);
    }
    try (Weights quantised = DequantisedBlock.of(layout.embedding(), embedding)) {
      Embedding lookup = new Embedding(layout.spec(), quantised);
      int sequences = ids.length / positions;
      for (int from = 0; from < sequences; from += BATCH) {
        int to = Math.min(from + BATCH, sequences);
        int[] part = Arrays.copyOfRange(ids, from * positions, to * positions);
        states.add(lookup.apply(part, to - from, positions));
      }
    }
  }

  private PackedMatrix nearest(PackedMap table, Weights weights) {
    return new RoundToNearest(table.groups(), how.rule())
        .quantise(table.map().weight(), StoredRows.of(table, weights, 0, table.map().out()));
  }

  private void quantise(ResidualBlock block) {
    PackedLayout packed = layout.blocks().get(block.blockIndex());
    try (Weights prepared = new FoldAndRotate(rotation).apply(block, copy(dense.weights(block)))) {
      Map<String, PackedMatrix> done = new LinkedHashMap<>();
      List<ProjectionInput> inputs = ProjectionInput.of(block);
      if (how.passes() == Quantisation.Passes.BLOCK) {
        quantise(packed, prepared, inputs, done);
      } else {
        inputs.forEach(input -> quantise(packed, prepared, List.of(input), done));
      }
      blocks.add(PackedBlock.of(packed, done, StoredRows.vectors(packed, prepared)));
    }
    try (Weights quantised = DequantisedBlock.of(blocks.get(blocks.size() - 1))) {
      BlockForward forward = new BlockForward(packed.block(), quantised);
      states.replaceAll(x -> forward.apply(x, SiteRecorder.NONE));
    }
  }

  static Weights copy(Weights weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.names().forEach(name -> tensors.put(name, weights.get(name)));
    return Weights.of(tensors);
  }

  private void quantise(
      PackedLayout packed,
      Weights prepared,
      List<ProjectionInput> inputs,
      Map<String, PackedMatrix> done) {
    Map<Site, Statistic> grams;
    try (Weights now = DequantisedBlock.partly(packed, prepared, done)) {
      BlockForward forward = new BlockForward(packed.block(), now);
      grams = grams(inputs, forward::apply);
    }
    for (ProjectionInput input : inputs) {
      PackedMap first = packed.map(input.maps().get(0).weight());
      RowQuantiser quantiser =
          how.quantiser(first.groups(), () -> GptqFactor.of(input, grams.get(input.site())));
      for (LinearSpec map : input.maps()) {
        float[] rows = StoredRows.of(packed.map(map.weight()), prepared, 0, map.out());
        done.put(map.weight(), quantiser.quantise(map.weight(), rows));
      }
    }
  }

  private Map<Site, Statistic> grams(
      List<ProjectionInput> inputs, BiConsumer<Tensor, SiteRecorder> forward) {
    BlockStatistics statistics = BlockStatistics.ofInputs(inputs);
    for (Tensor x : states) {
      try (PointerScope scope = new PointerScope()) {
        int[] lengths = new int[(int) x.size(0)];
        Arrays.fill(lengths, positions);
        forward.accept(x, statistics.recorder(new TokenMask(lengths, positions)));
      }
    }
    return Statistic.bySite(statistics.tiles(), positions);
  }

  private void quantiseHead() {
    DecoderSpec spec = layout.spec();
    try (Weights tables = RotatedTables.head(dense.spec(), dense.outer(), rotation)) {
      Head normed = new Head(spec, tables);
      ProjectionInput input = ProjectionInput.ofHead(spec);
      Map<Site, Statistic> grams =
          grams(
              List.of(input), (x, recorder) -> recorder.record(Site.HEAD_INPUT, normed.normed(x)));
      RowQuantiser quantiser =
          how.quantiser(
              layout.head().groups(), () -> GptqFactor.of(input, grams.get(Site.HEAD_INPUT)));
      float[] rows = StoredRows.of(layout.head(), tables, 0, spec.vocabularySize());
      head = quantiser.quantise(spec.head(), rows);
    }
  }

  /** The dequantised model. */
  LoadedDecoder dequantised() {
    return dequantised(blocks);
  }

  /** The dequantised model at widths by block index. */
  LoadedDecoder at(Map<Integer, BlockWidths> widths) {
    return dequantised(
        blocks.stream().map(b -> b.at(widths.get(b.layout().block().blockIndex()))).toList());
  }

  private LoadedDecoder dequantised(List<PackedBlock> narrow) {
    Map<Integer, Weights> weights = new HashMap<>();
    narrow.forEach(b -> weights.put(b.layout().block().blockIndex(), DequantisedBlock.of(b)));
    DecoderSpec spec =
        layout.spec().withBlocks(narrow.stream().map(b -> b.layout().block()).toList());
    Weights outer =
        Weights.joined(
            List.of(
                DequantisedBlock.of(layout.embedding(), embedding),
                ones(spec),
                DequantisedBlock.of(layout.head(), head)));
    return LoadedDecoder.of(spec, outer, weights);
  }

  private static Weights ones(DecoderSpec spec) {
    try (PointerScope scope = new PointerScope()) {
      float[] ones = new float[spec.hiddenSize()];
      Arrays.fill(ones, 1);
      return Weights.of(Map.of(spec.finalNorm().weight(), Tensor.create(ones)));
    }
  }
}
