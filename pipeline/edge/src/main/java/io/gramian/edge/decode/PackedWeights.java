package io.gramian.edge.decode;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.edge.kernel.FourBitPanels;
import io.gramian.edge.kernel.FourBitTable;
import io.gramian.edge.kernel.PanelShape;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.packed.PackedRun;
import io.gramian.model.packed.PackedVector;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a packed artifact: the embedding mapped, everything that is multiplied read into
 * memory.
 */
public final class PackedWeights extends WeightReader {

  private final Checkpoint artifact;
  private final PackedDecoder decoder;
  private final Map<ShapeKey, PanelShape> shapes = new HashMap<>();

  private PackedWeights(PackedCheckpoint packed) {
    this.artifact = packed.checkpoint();
    this.decoder = packed.decoder();
  }

  /**
   * The weights of an artifact, which must stay open no longer: maps outlive it.
   *
   * @throws io.gramian.checkpoint.UserException if a tensor is missing, or has another shape or
   *     type
   */
  public static ModelWeights of(PackedCheckpoint packed) throws IOException {
    packed.validate();
    PackedWeights reader = new PackedWeights(packed);
    PackedDecoder decoder = packed.decoder();
    List<StoredBlock> blocks = new ArrayList<>();
    for (PackedLayout layout : decoder.blocks()) {
      blocks.add(reader.block(layout.block()));
    }
    int vocabulary = decoder.spec().vocabularySize();
    int hidden = decoder.spec().hiddenSize();
    return new ModelWeights(
        decoder.spec(),
        reader.table(decoder.embedding()),
        blocks,
        reader.norm(decoder.spec().finalNorm()),
        reader.head(decoder.spec().head(), vocabulary, hidden));
  }

  private FourBitTable table(PackedMap map) throws IOException {
    return new FourBitTable(
        map.groups(), artifact.view(map.qweight()), artifact.view(map.scales()));
  }

  private FourBitPanels panels(PackedMap map) throws IOException {
    return new FourBitPanels(table(map), shapes.computeIfAbsent(ShapeKey.of(map), ShapeKey::shape));
  }

  /** What makes two maps lie in memory alike. */
  private record ShapeKey(ColumnGroups groups, List<Integer> rowRuns, boolean fixed) {

    static ShapeKey of(PackedMap map) {
      List<PackedRun> columns = map.columns().runs();
      boolean fixed = columns.size() == 1 && columns.get(0).prunedBy().isEmpty();
      return new ShapeKey(
          map.groups(), map.rows().runs().stream().map(PackedRun::channels).toList(), fixed);
    }

    PanelShape shape() {
      return fixed ? PanelShape.ofFixedColumns(groups, rowRuns) : PanelShape.of(groups, rowRuns);
    }
  }

  @Override
  WeightRows fixed(String weight, int rows, int columns) throws IOException {
    return panels(PackedMap.fixed(weight, rows, columns, decoder.group()));
  }

  @Override
  StoredMap map(ResidualBlock block, LinearSpec map) throws IOException {
    PackedMap packed = decoder.blocks().get(block.blockIndex()).map(map.weight());
    return new StoredMap(panels(packed), packed.rows(), packed.columns(), bias(map));
  }

  @Override
  StoredVector vector(ResidualBlock block, TensorShape tensor) throws IOException {
    PackedVector packed =
        decoder.blocks().get(block.blockIndex()).vectors().stream()
            .filter(vector -> vector.tensor().name().equals(tensor.name()))
            .findFirst()
            .orElseThrow();
    return new StoredVector(packed.rows(), new PackedReader(artifact).vector(packed));
  }

  @Override
  PairLayout pairs() {
    return PairLayout.ADJACENT;
  }

  @Override
  float[] values(TensorShape tensor) throws IOException {
    return PlainWeights.floats(artifact, tensor);
  }
}
