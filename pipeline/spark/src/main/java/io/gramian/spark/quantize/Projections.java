package io.gramian.spark.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.model.LinearSpec;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.wave.InputPass;
import io.gramian.spark.wave.WeightSource;
import java.util.ArrayList;
import java.util.List;

/** What of a decoder is quantised together. */
final class Projections {

  private final PackedDecoder decoder;
  private final Preparation preparation;
  private final QuantisedParts parts;

  Projections(QuantisedTensors tensors) {
    this.decoder = tensors.decoder();
    this.preparation = tensors.preparation();
    this.parts = tensors.parts();
  }

  /** Of the blocks, in the order in which data meets them, then the head. */
  List<Projection> all() {
    List<Projection> all = new ArrayList<>();
    decoder.blocks().forEach(layout -> all.addAll(of(layout)));
    all.add(head());
    return all;
  }

  /** A block's: what reads its norm, and what reads that. */
  List<Projection> of(PackedLayout layout) {
    List<ProjectionInput> inputs = ProjectionInput.of(layout.block());
    List<PackedMap> readers = maps(layout, inputs.get(0));
    List<PackedMap> writers = maps(layout, inputs.get(1));
    ResidualBlock block = layout.block();
    WeightSource whole = preparation.of(block, block.tensors());
    return List.of(
        afterNorm(inputs.get(0), readers, rows(layout, inputs.get(0)), block.norm()),
        new Projection(
            inputs.get(1),
            writers,
            rows(layout, inputs.get(1)),
            new InputPass.Block(block),
            new PartlyQuantised(layout, whole, parts, readers)));
  }

  private static List<PackedMap> maps(PackedLayout layout, ProjectionInput input) {
    return input.maps().stream().map(map -> layout.map(map.weight())).toList();
  }

  private RowSource rows(PackedLayout layout, ProjectionInput input) {
    List<TensorShape> tensors =
        input.maps().stream().map(LinearSpec::weight).map(name -> tensor(layout, name)).toList();
    return new RowSource.OfBlock(preparation.of(layout.block(), tensors));
  }

  private static TensorShape tensor(PackedLayout layout, String name) {
    return layout.block().tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Projection head() {
    ProjectionInput input = ProjectionInput.ofHead(decoder.spec());
    NormSpec norm = decoder.spec().finalNorm();
    return afterNorm(input, List.of(decoder.head()), preparation.head(), norm);
  }

  private static Projection afterNorm(
      ProjectionInput input, List<PackedMap> maps, RowSource rows, NormSpec norm) {
    Site site = input.site();
    return new Projection(input, maps, rows, new InputPass.Normed(norm, site), new UnitNorm(norm));
  }
}
