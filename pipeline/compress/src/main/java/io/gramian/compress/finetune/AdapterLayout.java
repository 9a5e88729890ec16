package io.gramian.compress.finetune;

import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the adapters of a model stand in one flat vector: for every linear map, in the order of the
 * blocks and of {@link io.gramian.model.Mixer#maps}, {@code A [r, in]} and then {@code B [out, r]}.
 */
final class AdapterLayout {

  private final List<Place> places;

  /**
   * The adapter of one linear map.
   *
   * @param map full width
   * @param rank {@code r}
   * @param from where {@code A} begins
   */
  record Place(LinearSpec map, int rank, long from) {

    /** An adapter by itself. */
    static Place of(LinearSpec map, int rank) {
      return new Place(map, rank, 0);
    }

    /** Names and shapes of {@code A} and {@code B}. */
    List<TensorShape> shapes() {
      return List.of(downShape(), upShape());
    }

    /** Name and shape of {@code A}. */
    TensorShape downShape() {
      return TensorShape.of(named("lora_A"), rank, map.in());
    }

    /** Name and shape of {@code B}. */
    TensorShape upShape() {
      return TensorShape.of(named("lora_B"), map.out(), rank);
    }

    private String named(String part) {
      String stem = map.weight().replaceFirst("\\.weight$", "");
      return stem + "." + part + ".weight";
    }

    /** {@code A} of a flat vector: a view. */
    Tensor down(Tensor flat) {
      return flat.narrow(0, from, (long) rank * map.in()).view(rank, map.in());
    }

    /** {@code B} of a flat vector: a view. */
    Tensor up(Tensor flat) {
      long start = from + (long) rank * map.in();
      return flat.narrow(0, start, (long) rank * map.out()).view(map.out(), rank);
    }

    private long size() {
      return (long) rank * (map.in() + map.out());
    }
  }

  private AdapterLayout(List<Place> places) {
    this.places = List.copyOf(places);
  }

  static AdapterLayout of(DecoderSpec spec, int rank) {
    List<Place> places = new ArrayList<>();
    long from = 0;
    for (ResidualBlock block : spec.blocks()) {
      for (LinearSpec map : block.mixer().maps()) {
        Place place = new Place(map, rank, from);
        places.add(place);
        from += place.size();
      }
    }
    return new AdapterLayout(places);
  }

  /** All, in order. */
  List<Place> places() {
    return places;
  }

  /** Those of one block, in order. */
  List<Place> of(ResidualBlock block) {
    List<LinearSpec> maps = block.mixer().maps();
    return places.stream().filter(place -> maps.contains(place.map())).toList();
  }

  /** Length of the flat vector. */
  long parameters() {
    return places.stream().mapToLong(Place::size).sum();
  }
}
