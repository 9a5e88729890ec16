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

  /**
   * Maps with the same columns in one piece of memory. Two with as many rows are paired, otherwise
   * the rows of each lie behind the others'.
   */
  private FourBitPanels panels(List<PackedMap> maps) throws IOException {
    List<FourBitTable> tables = new ArrayList<>();
    for (PackedMap map : maps) {
      tables.add(table(map));
    }
    return new FourBitPanels(tables, shapes.computeIfAbsent(ShapeKey.of(maps), ShapeKey::shape));
  }

  /** What makes two maps lie in memory alike. */
  private record ShapeKey(
      ColumnGroups groups, List<Integer> rowRuns, boolean fixed, boolean pairs) {

    static ShapeKey of(List<PackedMap> maps) {
      List<PackedRun> columns = maps.get(0).columns().runs();
      boolean fixed = columns.size() == 1 && columns.get(0).prunedBy().isEmpty();
      List<Integer> rows =
          maps.stream()
              .flatMap(map -> map.rows().runs().stream())
              .map(PackedRun::channels)
              .toList();
      boolean pairs =
          fixed && maps.size() == 2 && rows.size() == 2 && rows.get(0).equals(rows.get(1));
      return new ShapeKey(maps.get(0).groups(), rows, fixed, pairs);
    }

    PanelShape shape() {
      if (pairs) {
        return PanelShape.ofPairs(groups, rowRuns.get(0));
      }
      return fixed ? PanelShape.ofFixedColumns(groups, rowRuns) : PanelShape.of(groups, rowRuns);
    }
  }

  @Override
  WeightRows fixed(String weight, int rows, int columns) throws IOException {
    return panels(List.of(PackedMap.fixed(weight, rows, columns, decoder.group())));
  }

  @Override
  List<StoredMap> maps(ResidualBlock block, List<LinearSpec> maps) throws IOException {
    PackedLayout layout = decoder.blocks().get(block.blockIndex());
    List<PackedMap> packed = maps.stream().map(map -> layout.map(map.weight())).toList();
    FourBitPanels together = panels(packed);
    List<StoredMap> stored = new ArrayList<>();
    int row = 0;
    for (int i = 0; i < maps.size(); i++) {
      PackedMap map = packed.get(i);
      StoredMap.Part part = new StoredMap.Part(together, row);
      stored.add(new StoredMap(part, map.rows(), map.columns(), bias(maps.get(i))));
      row += map.rows().channels();
    }
    return stored;
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
