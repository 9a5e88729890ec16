package io.gramian.model.compressed;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.TextFile;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Exporter;
import io.gramian.model.export.Padding;
import io.gramian.model.export.PlainLayers;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Writes {@code config.json}, {@code model.safetensors} and the tokenizer's files. Of widths the
 * format can say whole heads and one size of all MLPs, as the model's own code has them.
 */
public final class CompressedExport implements Exporter {

  /** The tokenizer and all that its users need. */
  private static final Pattern COMPANIONS =
      Pattern.compile(
          "(tokenizer.*|vocab.*|merges\\.txt|special_tokens_map\\.json|added_tokens\\.json"
              + "|generation_config\\.json|chat_template.*|LICENSE.*|NOTICE.*)");

  @Override
  public Optional<String> refusal(ExportSource source) {
    PlainLayers layers = PlainLayers.of(source.decoder().spec());
    return PlainLayers.refusal(source.decoder().spec())
        .or(() -> source.padding() == Padding.NONE ? narrow(layers) : Optional.empty())
        .or(() -> brokenWords(source));
  }

  private static Optional<String> narrow(PlainLayers layers) {
    return layers
        .narrowHeads()
        .map(
            narrow ->
                "compressed-tensors: "
                    + narrow
                    + ", but config.json has one head_dim, whose rotary pairs are all there")
        .or(() -> mlps(new TreeSet<>(layers.mlpSizes())));
  }

  private static Optional<String> mlps(Set<Integer> sizes) {
    return sizes.size() == 1
        ? Optional.empty()
        : Optional.of(
            "compressed-tensors: the MLPs are "
                + sizes
                + " channels wide, but config.json has one intermediate_size for all layers");
  }

  private static Optional<String> brokenWords(ExportSource source) {
    TreeSet<Integer> sizes = CompressedModel.of(source).brokenWords();
    return sizes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "compressed-tensors: maps have groups of "
                + sizes
                + " columns, but eight values share a word: runs and groups have to be multiples"
                + " of 8");
  }

  @Override
  public List<String> notes(ExportSource source) {
    return CompressedModel.of(source).becomesLlama()
        ? List.of("config.json calls the model a llama, which has the output bias it needs")
        : List.of();
  }

  @Override
  public void write(ExportSource source, Directory folder) throws IOException {
    CompressedModel model = CompressedModel.of(source);
    TextFile.write(folder, HfConfig.FILE, new CompressedConfig(model).of(source.config()));
    new CompressedTensors(source, model).write(folder);
    for (String file : source.folder().list()) {
      if (COMPANIONS.matcher(file).matches()) {
        copy(source.folder(), folder, file);
      }
    }
  }

  private static void copy(Directory from, Directory to, String file) throws IOException {
    try (InputStream in = from.read(file);
        PendingFile pending = PendingFile.create(to, file)) {
      in.transferTo(pending.stream());
      pending.commit();
    }
  }
}
