package io.gramian.spark.report;

import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/**
 * The model that a run is about, as its checkpoint describes it.
 *
 * @param spec the decoder
 * @param bytes of all its tensors as stored
 * @param dtypes of its tensors
 */
record ModelFacts(DecoderSpec spec, long bytes, String dtypes) {

  /**
   * Reads the config and the headers of the first of these folders that holds a checkpoint; empty
   * if none does, for a run outlives the model's folder.
   */
  static Optional<ModelFacts> find(List<String> folders, Configuration hadoop) {
    return folders.stream().flatMap(folder -> read(folder, hadoop).stream()).findFirst();
  }

  private static Optional<ModelFacts> read(String folder, Configuration hadoop) {
    try (ModelCheckpoint model = ModelCheckpoint.open(HadoopDirectory.of(folder, hadoop))) {
      return Optional.of(of(model));
    } catch (UserException | IOException e) {
      // Gone, replaced since, or out of reach: the page does without.
      return Optional.empty();
    }
  }

  private static ModelFacts of(ModelCheckpoint model) {
    long bytes = 0;
    TreeSet<String> dtypes = new TreeSet<>();
    for (String name : model.checkpoint().tensorNames()) {
      bytes += model.checkpoint().info(name).bytes();
      dtypes.add(model.checkpoint().info(name).dtype().name());
    }
    return new ModelFacts(model.spec(), bytes, String.join(", ", dtypes));
  }

  /** For example {@code 6 attention, 6 mlp}. */
  String mixers() {
    Map<String, Long> counts =
        spec.blocks().stream()
            .collect(
                Collectors.groupingBy(
                    block -> block.mixer().kind(), TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  /** What the blocks are, in order: {@code 3 mlp}. */
  List<String> blockNames() {
    return spec.blocks().stream().map(ModelFacts::name).toList();
  }

  private static String name(ResidualBlock block) {
    return block.blockIndex() + " " + block.mixer().kind();
  }
}
