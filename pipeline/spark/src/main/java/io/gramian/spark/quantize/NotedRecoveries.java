package io.gramian.spark.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.store.Quantisation.Recovery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was unusual about the inputs of a decoder's maps, as noted beside the maps. */
final class NotedRecoveries {

  private final QuantisedParts parts;
  private final List<Recovery> noted = new ArrayList<>();

  private NotedRecoveries(QuantisedParts parts) {
    this.parts = parts;
  }

  /** In the order of the blocks; inputs that were as usual are left out. */
  static List<Recovery> of(QuantisedTensors tensors) throws IOException {
    PackedDecoder decoder = tensors.decoder();
    NotedRecoveries recoveries = new NotedRecoveries(tensors.parts());
    for (PackedLayout layout : decoder.blocks()) {
      for (ProjectionInput input : ProjectionInput.of(layout.block())) {
        recoveries.add(input, layout.map(input.maps().get(0).weight()));
      }
    }
    recoveries.add(ProjectionInput.ofHead(decoder.spec()), decoder.head());
    return recoveries.noted;
  }

  /** Maps of one input share what is noted. */
  private void add(ProjectionInput input, PackedMap map) throws IOException {
    Optional<Recoveries> found = parts.recoveries(map).filter(Recoveries::any);
    found.ifPresent(r -> noted.add(new Recovery(input.label(), r.damping(), r.deadChannels())));
  }
}
