package io.gramian.spark.plan;

import io.gramian.compress.forward.ForwardMemory;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticSize;
import io.gramian.spark.wave.BlockWave;
import io.gramian.spark.wave.WaveLimits;
import io.gramian.spark.wave.WavePlan;
import java.util.List;
import java.util.Locale;

/** The phases that take memory, and what each holds in an executor. */
public enum Phase {

  /**
   * Heap: every task's sums of a wave, or those that it adds up. Outside: embedding or not, the
   * wave's weights, and each task's forward pass.
   */
  CALIBRATE {
    @Override
    Live live(Shapes shapes, Crew crew) {
      List<BlockWave> waves = shapes.waves(crew.limits());
      long tiles = 0;
      long weights = 0;
      int layers = 0;
      for (BlockWave wave : waves) {
        long table = wave.index() == 0 ? shapes.table() : 0;
        tiles = Math.max(tiles, WavePlan.tileBytes(wave.blocks(), shapes.choice()));
        weights = Math.max(weights, table + WavePlan.weightBytes(wave.blocks()));
        layers = Math.max(layers, wave.layers());
      }
      long adding = shapes.adding(RECEIVED_TILES);
      return new Live(
          crew.tasks() * Math.max(tiles, adding),
          weights + crew.tasks() * shapes.pass(),
          String.format(
              Locale.ROOT,
              "sums and weights of %d %s, %d forward %s",
              layers,
              layers == 1 ? "layer" : "layers",
              crew.tasks(),
              crew.tasks() == 1 ? "pass" : "passes"));
    }
  },

  /**
   * Outside: what is decided at a time ({@link io.gramian.compress.sort.DecisionMemory}), then for
   * each task a block as it was and as it is sorted.
   */
  SORT {
    @Override
    Live live(Shapes shapes, Crew crew) {
      long decisions = shapes.decision() * crew.decisions();
      long writing = 2 * shapes.blockWeights() * crew.tasks();
      return new Live(
          4 * TILE_BYTES * crew.tasks(),
          Math.max(decisions, writing),
          crew.decisions() == 1
              ? "1 block at a time being ranked"
              : crew.decisions() + " blocks at a time being ranked");
    }
  },

  /** Outside: a wave's weights, at its ends embedding or head too, and each task's forward pass. */
  EVALUATE {
    @Override
    Live live(Shapes shapes, Crew crew) {
      List<BlockWave> waves = shapes.waves(crew.limits());
      long weights = 0;
      for (BlockWave wave : waves) {
        long tables = wave.index() == 0 ? shapes.table() : 0;
        tables += wave.index() == waves.size() - 1 ? shapes.table() : 0;
        weights = Math.max(weights, tables + WavePlan.weightBytes(wave.blocks()));
      }
      long scoring = ForwardMemory.scoringBytes(shapes.spec());
      return new Live(
          crew.tasks() * HIDDEN_COPIES * shapes.hidden(),
          weights + crew.tasks() * Math.max(shapes.pass(), scoring),
          "a wave's weights, embedding or head, "
              + crew.tasks()
              + (crew.tasks() == 1 ? " forward pass" : " forward passes"));
    }
  },

  /**
   * Heap: every task's sums of one input, then the factor of them. Outside: a block and a forward
   * pass for each task, or the matrices of the factorisation.
   */
  QUANTIZE {
    @Override
    Live live(Shapes shapes, Crew crew) {
      long n = Math.max(shapes.widestInput(), shapes.spec().hiddenSize());
      long gram = StatisticSize.gram(Site.DOWN_INPUT, (int) n).heapBytes();
      long factor = Double.BYTES * n * n / 2;
      long rows = factor + crew.tasks() * ROW_BYTES * n;
      long heap = Math.max(crew.tasks() * gram, Math.max(gram + factor, rows));
      long passes =
          Math.max(shapes.table(), PREPARED_COPIES * shapes.blockWeights())
              + crew.tasks() * shapes.pass();
      return new Live(
          heap + crew.tasks() * HIDDEN_COPIES * shapes.hidden(),
          Math.max(FACTOR_MATRICES * Double.BYTES * n * n, passes),
          "the Gram matrix of one input and its factor");
    }
  },

  /** Outside: for each worker the whole model, F32 while it is read, and the graph of a batch. */
  FINETUNE {
    @Override
    Live live(Shapes shapes, Crew crew) {
      long model = Float.BYTES * shapes.spec().parameterCount();
      return new Live(
          crew.tasks() * HIDDEN_COPIES * shapes.hidden(),
          crew.tasks() * (model + ForwardMemory.scoringBytes(shapes.spec()) + shapes.pass()),
          crew.tasks() == 1 ? "the whole model" : crew.tasks() + " times the whole model");
    }
  };

  /** A tile of the largest size, both words. */
  private static final long TILE_BYTES = 16L * 512 * 512;

  /** Tiles that Java's deserialisation keeps hold of until it forgets, as Spark sets it. */
  private static final long RECEIVED_TILES = 50;

  /** Hidden states of a shard on the heap: as they come, as they go, and as they are stored. */
  private static final long HIDDEN_COPIES = 4;

  /**
   * A block that is being prepared for quantisation: as read, rotated, in part as quantised, and
   * what is in between. As measured on a layer of Llama-3.1-8B.
   */
  private static final long PREPARED_COPIES = 5;

  /** The Hessian, and the Hessian reversed. */
  private static final long FACTOR_MATRICES = 2;

  /** GPTQ's rows of a stretch and the part of the factor that they share, bytes a column. */
  private static final long ROW_BYTES = 3L * 128 * Double.BYTES;

  /** What lives at the worst moment. */
  record Live(long heap, long tensors, String holds) {}

  /**
   * Who works in an executor.
   *
   * @param tasks that run at a time
   * @param decisions that may be made at a time
   */
  record Crew(int tasks, int decisions, WaveLimits limits) {}

  abstract Live live(Shapes shapes, Crew crew);

  /** As the command line and the manifest call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
