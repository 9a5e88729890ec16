package io.gramian.model.compressed;

import io.gramian.checkpoint.CheckpointIndex;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.ShardPlan;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.Attention;
import io.gramian.model.LinearSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.export.BlockPlacement;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Placement;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tensors of an export: what they are, and their bytes in the same order. */
final class CompressedTensors {

  /** As for checkpoints. */
  private static final long FILE_BYTES = 5_000_000_000L;

  private final ExportSource source;
  private final CompressedModel model;
  private final PackedDecoder decoder;

  CompressedTensors(ExportSource source, CompressedModel model) {
    this.source = source;
    this.model = model;
    this.decoder = source.decoder();
  }

  /** Writes them into files of limited size. */
  void write(Directory folder) throws IOException {
    ShardPlan plan = ShardPlan.of(list(), FILE_BYTES);
    try (ShardSequence files = new ShardSequence(folder, plan)) {
      write(new TensorBytes(files));
    }
    if (plan.shards().size() > 1) {
      CheckpointIndex.write(folder, plan);
    }
  }

  private List<TensorSpec> list() {
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(plain(decoder.embedding().map().weight(), vocabulary(), hidden()));
    for (PackedLayout layout : decoder.blocks()) {
      add(tensors, layout.block());
    }
    tensors.add(plain(decoder.finalNorm().tensor().name(), hidden()));
    tensors.add(plain(decoder.head().map().weight(), vocabulary(), hidden()));
    return tensors;
  }

  private void add(List<TensorSpec> tensors, ResidualBlock block) {
    BlockPlacement placement = model.placement(block);
    tensors.add(plain(block.norm().weight(), hidden()));
    for (LinearSpec map : block.mixer().maps()) {
      Placement places = placement.of(map);
      tensors.addAll(packed(map, places.rows().length, places.columns().length));
      bias(block, map).ifPresent(bias -> tensors.add(plain(bias, places.rows().length)));
    }
  }

  private List<TensorSpec> packed(LinearSpec map, long rows, long columns) {
    String module = CompressedModel.moduleOf(map);
    return List.of(
        new TensorSpec(
            module + ".weight_packed",
            DType.I32,
            List.of(rows, columns / CompressedModel.PER_WORD)),
        new TensorSpec(
            module + ".weight_scale", DType.F16, List.of(rows, columns / model.groupSize(map))),
        new TensorSpec(module + ".weight_shape", DType.I64, List.of(2L)));
  }

  private static TensorSpec plain(String name, long... shape) {
    return new TensorSpec(name, DType.F32, Arrays.stream(shape).boxed().toList());
  }

  /** A Qwen2 model that becomes a Llama has an output bias in every layer, needed or not. */
  private Optional<String> bias(ResidualBlock block, LinearSpec map) {
    boolean output = block.mixer() instanceof Attention attention && map.equals(attention.output());
    return output && model.becomesLlama()
        ? Optional.of(NarrowedBlock.outputBias((Attention) block.mixer()))
        : map.biasName();
  }

  private long hidden() {
    return model.spec().hiddenSize();
  }

  private long vocabulary() {
    return model.spec().vocabularySize();
  }

  private void write(TensorBytes out) throws IOException {
    PackedReader reader = source.reader();
    out.table(reader.map(decoder.embedding()));
    for (PackedLayout layout : decoder.blocks()) {
      write(out, source.block(layout.block().blockIndex()));
    }
    out.vector(reader.vector(decoder.finalNorm()));
    out.table(reader.map(decoder.head()));
  }

  private void write(TensorBytes out, PackedBlock block) throws IOException {
    ResidualBlock described = block.layout().block();
    BlockPlacement placement = model.placement(described);
    out.vector(block.vector(described.norm().weight()));
    for (LinearSpec map : described.mixer().maps()) {
      Placement places = placement.of(map);
      out.map(block.matrix(map.weight()), places, model.groupSize(map));
      if (map.biasName().isPresent()) {
        out.vector(places.placed(block.vector(map.bias())));
      } else if (bias(described, map).isPresent()) {
        out.vector(new float[map.out()]);
      }
    }
  }
}
