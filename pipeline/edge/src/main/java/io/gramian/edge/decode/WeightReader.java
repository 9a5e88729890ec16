package io.gramian.edge.decode;

import io.gramian.edge.kernel.WeightRows;
import io.gramian.model.Attention;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mixer;
import io.gramian.model.Mlp;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.packed.PackedAxis;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the two kinds of checkpoints have in common when a model is put together. */
abstract class WeightReader {

  /** A map that no width shortens. */
  abstract WeightRows fixed(String weight, int rows, int columns) throws IOException;

  /**
   * Maps of a block that read the same.
   *
   * @return one for each
   */
  abstract List<StoredMap> maps(ResidualBlock block, List<LinearSpec> maps) throws IOException;

  /** A small tensor of a block. */
  abstract StoredVector vector(ResidualBlock block, TensorShape tensor) throws IOException;

  /** How RoPE pairs are stored. */
  abstract PairLayout pairs();

  /** All elements of a small tensor, F32. */
  abstract float[] values(TensorShape tensor) throws IOException;

  StoredBlock block(ResidualBlock block) throws IOException {
    Map<String, StoredMap> maps = new HashMap<>();
    Set<String> ofMaps = new HashSet<>();
    for (List<LinearSpec> readers : readers(block.mixer())) {
      List<StoredMap> stored = maps(block, readers);
      for (int i = 0; i < readers.size(); i++) {
        maps.put(readers.get(i).weight(), stored.get(i));
        ofMaps.add(readers.get(i).weight());
        readers.get(i).biasName().ifPresent(ofMaps::add);
      }
    }
    Map<String, StoredVector> vectors = new HashMap<>();
    for (TensorShape tensor : block.tensors()) {
      if (!ofMaps.contains(tensor.name())) {
        vectors.put(tensor.name(), vector(block, tensor));
      }
    }
    return new StoredBlock(block, pairs(), maps, vectors);
  }

  /** The maps of a mixer that are multiplied together, and each of the others. */
  private static List<List<LinearSpec>> readers(Mixer mixer) {
    if (mixer instanceof Attention attention) {
      return List.of(
          List.of(attention.query(), attention.key(), attention.value()),
          List.of(attention.output()));
    }
    if (mixer instanceof Mlp mlp && mlp.gateMap().isPresent()) {
      return List.of(List.of(mlp.up(), mlp.gateMap().get()), List.of(mlp.down()));
    }
    return mixer.maps().stream().map(List::of).toList();
  }

  Optional<float[]> bias(LinearSpec map) throws IOException {
    Optional<String> name = map.biasName();
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(values(TensorShape.of(name.get(), map.out())));
  }

  StoredVector norm(NormSpec norm) throws IOException {
    return new StoredVector(PackedAxis.fixed(norm.size()), values(norm.tensor()));
  }

  StoredMap head(String weight, int rows, int columns) throws IOException {
    return new StoredMap(
        fixed(weight, rows, columns),
        PackedAxis.fixed(rows),
        PackedAxis.fixed(columns),
        Optional.empty());
  }
}
