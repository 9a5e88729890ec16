package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.Coupling;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sorting changes no logit: every head layout, bias, scaling and tie, by every criterion. */
class RandomModelSortInvarianceIT {

  private static final long SEED = 207;
  private static final int SEQUENCES = 4;
  private static final int POSITIONS = 13;

  @TempDir private Path folder;

  static Stream<Arguments> configsAndCriteria() {
    return configs()
        .flatMap(
            config ->
                Arrays.stream(MlpCriterion.values())
                    .flatMap(
                        mlp ->
                            Arrays.stream(ValueOutputCriterion.values())
                                .map(values -> Arguments.of(config, mlp, values))));
  }

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  /** Every criterion of state space mixers comes up with some criterion of the MLP. */
  private static SortCriteria criteria(MlpCriterion mlp, ValueOutputCriterion values) {
    SortCriteria base = SortCriteria.DEFAULT.with(mlp, values);
    return switch (mlp) {
      case RIDGE_LEVERAGE -> base.with(StateCriterion.NORM, HeadChannelCriterion.STATE_AWARE);
      case ENERGY -> base.with(StateCriterion.NORM, HeadChannelCriterion.RIDGE_LEVERAGE);
      case OUTPUT_ERROR -> base;
    };
  }

  @ParameterizedTest
  @MethodSource("configsAndCriteria")
  void logitsStay(String config, MlpCriterion mlp, ValueOutputCriterion values) throws IOException {
    SortCriteria criteria = criteria(mlp, values);
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      int[] ids = RandomModel.ids(model, new Random(SEED), SEQUENCES * POSITIONS);
      Map<Integer, BlockDecision> decisions = Sorting.decide(original, criteria, ids, POSITIONS);
      for (Coupling moving : Sorting.permuted(decisions)) {
        assertThat(Sorting.movedUnits(decisions, moving))
            .as("seed %d %s", SEED, moving)
            .isPositive();
      }
      try (LoadedDecoder sorted = Sorting.apply(original, criteria, decisions)) {
        assertSameLogits(sorted, original, ids);
      }
    }
  }

  /** The second sort's pair orders are composed with the first's. */
  @ParameterizedTest
  @MethodSource("configs")
  void logitsStayWhenSortedAgain(String config) throws IOException {
    SortCriteria other = criteria(MlpCriterion.ENERGY, ValueOutputCriterion.ACTIVATION);
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Random random = new Random(SEED);
      int[] ids = RandomModel.ids(model, random, SEQUENCES * POSITIONS);
      int[] others = RandomModel.ids(model, random, POSITIONS);
      try (LoadedDecoder once = Sorting.sort(original, SortCriteria.DEFAULT, ids, POSITIONS)) {
        Map<Integer, BlockDecision> again = Sorting.decide(once, other, others, POSITIONS);
        for (Coupling moving : Sorting.permuted(again)) {
          assertThat(Sorting.movedUnits(again, moving)).as("%s", moving).isPositive();
        }
        try (LoadedDecoder twice = Sorting.apply(once, other, again)) {
          assertSameLogits(twice, original, ids);
        }
      }
    }
  }

  /** Without a criterion for query and key all else is sorted, and their pairs stay in place. */
  @ParameterizedTest
  @MethodSource("configs")
  void pairsStayInPlaceWithoutACriterion(String config) throws IOException {
    SortCriteria base = SortCriteria.DEFAULT;
    SortCriteria criteria =
        new SortCriteria(
            base.mlp(),
            QueryKeyCriterion.NONE,
            base.valueOutput(),
            base.state(),
            base.headChannel());
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      int[] ids = RandomModel.ids(model, new Random(SEED), SEQUENCES * POSITIONS);
      Map<Integer, BlockDecision> decisions = Sorting.decide(original, criteria, ids, POSITIONS);
      assertThat(Sorting.movedUnits(decisions, Coupling.QUERY_KEY)).isZero();
      assertThat(Sorting.movedUnits(decisions)).isPositive();
      try (LoadedDecoder sorted = Sorting.apply(original, criteria, decisions)) {
        assertSameLogits(sorted, original, ids);
      }
    }
  }

  /** Three tokens leave most value directions unseen: the joint basis must still be invertible. */
  @ParameterizedTest
  @MethodSource("configs")
  void logitsStayAfterHardlyAnyCalibration(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      int[] ids = RandomModel.ids(model, new Random(SEED), SEQUENCES * POSITIONS);
      int[] few = Arrays.copyOf(ids, 3);
      try (LoadedDecoder sorted = Sorting.sort(original, SortCriteria.DEFAULT, few, few.length)) {
        assertSameLogits(sorted, original, ids);
      }
    }
  }

  private static void assertSameLogits(LoadedDecoder sorted, LoadedDecoder original, int[] ids) {
    float[] before = Tensors.floats(original.logits(ids, SEQUENCES, POSITIONS));
    float[] after = Tensors.floats(sorted.logits(ids, SEQUENCES, POSITIONS));
    assertThat(Sorting.relativeDifference(after, before)).as("seed %d", SEED).isLessThan(1e-3);
  }
}
