package io.gramian.spark.session;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import io.gramian.compress.statistics.FixedPointSum;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Lets records through Kryo, should somebody choose it with {@code spark.serializer}: the Kryo that
 * Spark brings writes fields behind the constructor's back, which the JVM forbids for records
 * ({@code UnsupportedOperationException: can't get field offset on a record class}). Records go by
 * Java serialisation instead, and so do sums, which have a compact form there; all else by Kryo's
 * own ways.
 */
public final class RecordRegistrator implements KryoRegistrator {

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.addDefaultSerializer(FixedPointSum.class, JavaSerializer.class);
    kryo.addDefaultSerializer(Record.class, JavaSerializer.class);
  }
}
