package io.gramian.spark.finetune;

import io.gramian.compress.tensor.Tensors;
import java.time.Duration;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * The workers of one attempt at a barrier stage, joined by Gloo over TCP. Rank 0 opens a store on a
 * free port and tells the others where by the stage's own means, once; from then on Spark has no
 * part in what they exchange.
 *
 * <p>When a peer's process ends, its connections close, and every exchange that waits for it throws
 * at once.
 */
final class Peers implements AutoCloseable {

  /**
   * How long an exchange waits for the slowest worker, which may be reading a large model. A worker
   * that is gone does not keep the others waiting, unless its machine vanished from the network.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** How long workers that have just heard of each other take to connect, with a margin. */
  private static final Duration CONNECTING = Duration.ofMinutes(2);

  /** Threads that move a message's parts. */
  private static final int GLOO_THREADS = 2;

  private final int rank;
  private final int size;
  private final Optional<Group> group;

  private Peers(int rank, int size, Optional<Group> group) {
    this.rank = rank;
    this.size = size;
    this.group = group;
  }

  /**
   * Joins the workers of the running stage; all of them have to call.
   *
   * @param context of the running task
   */
  static Peers join(BarrierTaskContext context) {
    int rank = context.partitionId();
    int size = context.getTaskInfos().length;
    return new Peers(rank, size, size == 1 ? Optional.empty() : Optional.of(meet(context)));
  }

  private static Group meet(BarrierTaskContext context) {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    try (PointerScope scope = new PointerScope()) {
      if (context.partitionId() == 0) {
        TCPStore store = new TCPStore(host, options().isServer(true).port((short) 0));
        context.allGather(new Meeting(host, Short.toUnsignedInt(store.getPort())).text());
        return group(store, context, host);
      }
      Meeting meeting = Meeting.parse(context.allGather("")[0]);
      TCPStoreOptions options = options().isServer(false).port((short) meeting.port());
      return group(new TCPStore(meeting.host(), options), context, host);
    }
  }

  private static TCPStoreOptions options() {
    return new TCPStoreOptions().waitWorkers(false).timeout(new Milliseconds(PATIENCE.toMillis()));
  }

  private static Group group(TCPStore store, BarrierTaskContext context, String host) {
    ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(milliseconds(CONNECTING));
    options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(host));
    options.threads(GLOO_THREADS);
    int size = context.getTaskInfos().length;
    Group group =
        new Group(new ProcessGroupGloo(store, context.partitionId(), size, options), store);
    group.gloo().retainReference();
    group.store().retainReference();
    return group;
  }

  private static Milliseconds milliseconds(Duration duration) {
    return new Milliseconds(duration.toMillis());
  }

  /** This worker's number, from 0. */
  int rank() {
    return rank;
  }

  /** Whether this worker does what one has to do for all. */
  boolean isFirst() {
    return rank == 0;
  }

  /** How many workers there are. */
  int size() {
    return size;
  }

  /**
   * Adds all workers' tensors and gives each of them the sum, in place. The order of the additions
   * depends on the number of workers only, and the result is the same on all to the bit.
   *
   * @param tensor F32 or F64, of the same shape everywhere
   * @throws RuntimeException if a peer is gone
   */
  void sum(Tensor tensor) {
    group.ifPresent(
        peers -> {
          try (PointerScope scope = new PointerScope()) {
            AllreduceOptions options = new AllreduceOptions().timeout(milliseconds(PATIENCE));
            peers.gloo().allreduce(new TensorVector(tensor), options)._wait();
          }
        });
  }

  /**
   * What the first worker says; all of them have to call.
   *
   * @param value whole and below 2^53; counts on the first worker only
   */
  long fromFirst(long value) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(new double[] {isFirst() ? value : 0});
      sum(tensor);
      return (long) Tensors.doubles(tensor)[0];
    }
  }

  @Override
  public void close() {
    group.ifPresent(
        peers -> {
          peers.gloo().releaseReference();
          peers.store().releaseReference();
        });
  }

  /** Native; held until closed. The first worker's store is the one that all others ask. */
  private record Group(ProcessGroupGloo gloo, TCPStore store) {}

  /** Where the store is. */
  private record Meeting(String host, int port) {

    String text() {
      return port + " " + host;
    }

    static Meeting parse(String text) {
      int space = text.indexOf(' ');
      return new Meeting(text.substring(space + 1), Integer.parseInt(text.substring(0, space)));
    }
  }
}
