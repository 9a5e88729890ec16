package io.gramian.model.gguf;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.gguf.GgufMetadata;
import io.gramian.checkpoint.gguf.GgufWriter;
import io.gramian.checkpoint.gguf.Q4Row;
import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.export.BlockPlacement;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Exporter;
import io.gramian.model.export.Padding;
import io.gramian.model.export.PlainLayers;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes {@code model.gguf}: embedding, head and maps as Q4_0, norms and biases F32. Of widths the
 * format can say whole heads and one size of all MLPs.
 */
public final class GgufExport implements Exporter {

  /** The file's name in its folder. */
  public static final String FILE = "model.gguf";

  @Override
  public Optional<String> refusal(ExportSource source) {
    PackedDecoder decoder = source.decoder();
    return PlainLayers.refusal(decoder.spec())
        .or(() -> source.padding() == Padding.NONE ? narrow(decoder) : Optional.empty())
        .or(() -> unevenScales(source, decoder));
  }

  private static Optional<String> narrow(PackedDecoder decoder) {
    PlainLayers layers = PlainLayers.of(decoder.spec());
    Optional<String> heads =
        layers
            .narrowHeads()
            .map(
                narrow ->
                    "GGUF: "
                        + narrow
                        + ", but llama.cpp reads heads of one size, whose rotary pairs are all there");
    return heads.or(() -> mlps(layers.mlpSizes()));
  }

  private static Optional<String> mlps(List<Integer> sizes) {
    if (new TreeSet<>(sizes).size() > 1) {
      return Optional.of(
          "GGUF: the MLPs are "
              + new TreeSet<>(sizes)
              + " channels wide, but llama.cpp reads one feed_forward_length for all layers");
    }
    return sizes.stream()
        .filter(size -> size % Q4Row.BLOCK != 0)
        .findFirst()
        .map(
            size ->
                "GGUF: MLPs of " + size + " channels are no whole number of Q4_0's blocks of 32");
  }

  private static Optional<String> unevenScales(ExportSource source, PackedDecoder decoder) {
    GgufModel model = GgufModel.of(source);
    if (model.spec().hiddenSize() % Q4Row.BLOCK != 0) {
      return Optional.of(uneven(decoder.embedding().map().weight(), decoder.embedding()));
    }
    for (PackedLayout layout : decoder.blocks()) {
      BlockPlacement placement = model.placement(layout.block());
      for (PackedMap map : layout.maps()) {
        int[] columns = placement.of(map.map()).columns();
        if (RegularBlocks.of(map.groups(), columns, Q4Row.BLOCK).isEmpty()) {
          return Optional.of(uneven(map.map().weight(), map));
        }
      }
    }
    return Optional.empty();
  }

  private static String uneven(String weight, PackedMap map) {
    return "GGUF: "
        + weight
        + " has runs of "
        + new TreeSet<>(map.groups().runs())
        + " columns in groups of at most "
        + map.group()
        + ", but Q4_0 has a scale for every 32 columns: runs and groups have to be multiples of it";
  }

  @Override
  public List<String> notes(ExportSource source) throws IOException {
    return tokenizer(source).addTo(new GgufMetadata(), source.folder());
  }

  private static GgufTokenizer tokenizer(ExportSource source) {
    return new GgufTokenizer(source.config(), source.decoder().spec().vocabularySize());
  }

  @Override
  public void write(ExportSource source, Directory folder) throws IOException {
    GgufModel model = GgufModel.of(source);
    GgufMetadata metadata = model.metadata(source.config());
    tokenizer(source).addTo(metadata, source.folder());
    GgufTensors tensors = new GgufTensors(source, model);
    try (PendingFile file = PendingFile.create(folder, FILE)) {
      try (GgufWriter writer = new GgufWriter(file.stream(), metadata, tensors.list())) {
        tensors.write(writer);
      }
      file.commit();
    }
  }
}
