using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>
/// Measures each kernel of training steps. While there is none, a launch pays for one look at a static field.
/// </summary>
/// <remarks>
/// <para><b>Numerics</b>: times are of the launching thread, from the launch until the last worker is done. A
/// kernel inside another counts as part of it. On a device of CUDA they are the device's own, between events around
/// each launch: such a step is launched kernel by kernel instead of as a graph, on the same numbers and with the same
/// result, and waited for. The median of all steps counts there, and sessions are one launch a call.</para>
/// <para><b>Memory</b>: one entry a kernel; the first step makes them. Of a device one number a kernel and step.</para>
/// <para><b>Errors</b>: one profile at a time, on the thread that made it.</para>
/// </remarks>
/// <example><code>
/// using var profile = KernelProfile.Begin(trainer.Device);
/// for (int i = 0; i &lt; 20; i++)
/// {
///     using (profile.Step()) trainer.Step(ids, targets, B: 16, T: 64);
/// }
/// profile.ToTable(trainer).Write(Console.Out);
/// </code></example>
public sealed class KernelProfile : IDisposable
{
    static KernelProfile? current;

    readonly int thread = Environment.CurrentManagedThreadId;
    readonly Dictionary<Key, Entry> entries = [];
    readonly Dictionary<string, LaunchEntry> launches = new(StringComparer.Ordinal);
    readonly bool isOnDevice;
    long stepStart;
    int depth;
    bool isWarm;

    KernelProfile(MachineSpeed speed, bool isOnDevice) => (Speed, this.isOnDevice) = (speed, isOnDevice);

    /// <summary>What the machine can do at most.</summary>
    public MachineSpeed Speed { get; }

    /// <summary>Steps measured.</summary>
    public int Steps { get; private set; }

    /// <summary>Time of those steps, in seconds; on a device of CUDA that of their launches.</summary>
    public double Seconds { get; private set; }

    /// <summary>Measures the machine, then the kernels of each <see cref="Step"/>.</summary>
    /// <param name="device">Where steps will run.</param>
    /// <exception cref="InvalidOperationException">Another profile has not been disposed of.</exception>
    public static KernelProfile Begin(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var profile = new KernelProfile(MachineSpeed.Measure(device), device.IsCuda);
        if (System.Threading.Interlocked.CompareExchange(ref current, profile, null) is not null)
            throw new InvalidOperationException("Kernels are being measured already. Dispose of that profile first.");
        return profile;
    }

    /// <summary>
    /// Starts a step, which ends when what is returned is disposed of. The first one counts only where no other
    /// follows: in it code is compiled and memory touched.
    /// </summary>
    public Scope Step()
    {
        depth = 0;
        if (Steps == 1 && !isWarm)
        {
            isWarm = true;
            (Steps, Seconds) = (0, 0);
            foreach (Entry entry in entries.Values) (entry.Calls, entry.Ticks, entry.Flops, entry.Bytes) = (0, 0, 0, 0);
            foreach (LaunchEntry launch in launches.Values) launch.Clear();
        }
        stepStart = Stopwatch.GetTimestamp();
        return new(this);
    }

    /// <summary>Ends measuring; the figures stay.</summary>
    public void Dispose() => System.Threading.Interlocked.CompareExchange(ref current, null, this);

    /// <summary>What was measured, with the costs that the compiler counted.</summary>
    /// <param name="trainer">Whose steps they were.</param>
    public ProfileTable ToTable(Training.ModelTrainer trainer) => ProfileTable.Of(this, trainer);

    internal IReadOnlyDictionary<Key, Entry> Entries => entries;

    /// <summary>What was launched on a device, by name.</summary>
    internal IReadOnlyDictionary<string, LaunchEntry> Launches => launches;

    /// <summary>What measures the step that this thread makes now; null where nobody does.</summary>
    internal static KernelProfile? OfThisStep => current is { stepStart: not 0 } profile
        && profile.thread == Environment.CurrentManagedThreadId ? profile : null;

    /// <summary>A launch on a device is done.</summary>
    /// <param name="name">What it was.</param>
    /// <param name="seconds">It took.</param>
    /// <param name="isCall">Whether it counts, or is part of something.</param>
    internal void RecordLaunch(string name, double seconds, bool isCall)
    {
        if (!launches.TryGetValue(name, out LaunchEntry? launch)) launches.Add(name, launch = new());
        launch.Add(seconds, isCall);
    }

    /// <summary>Before a kernel.</summary>
    /// <returns>0 where nobody measures.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Start() => current is null ? 0 : Enter();

    /// <summary>After a kernel, where <see cref="Start"/> was not 0.</summary>
    /// <param name="start">What it was.</param>
    /// <param name="kernel">The struct that ran; null where a name says more.</param>
    /// <param name="name">What ran; null for a struct's name.</param>
    /// <param name="flops">Operations; 0 where the plan knows.</param>
    /// <param name="bytes">Read and written; 0 where the plan knows.</param>
    internal static void End(long start, Type? kernel, string? name, double flops, double bytes)
    {
        long end = Stopwatch.GetTimestamp();
        if (current is { } profile && profile.thread == Environment.CurrentManagedThreadId)
            profile.Record(start, end, new(kernel, name), flops, bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Enter()
    {
        if (current is not { } profile || profile.thread != Environment.CurrentManagedThreadId) return 0;
        profile.depth++;
        return Stopwatch.GetTimestamp();
    }

    void Record(long start, long end, Key key, double flops, double bytes)
    {
        if (--depth > 0 || stepStart == 0) return;
        if (!entries.TryGetValue(key, out Entry? entry)) entries.Add(key, entry = new());
        entry.Calls++;
        entry.Ticks += end - start;
        entry.Flops += flops;
        entry.Bytes += bytes;
    }

    void EndStep()
    {
        if (stepStart == 0) return;
        double seconds = (Stopwatch.GetTimestamp() - stepStart) / (double)Stopwatch.Frequency;
        if (isOnDevice)
        {
            seconds = 0;
            foreach (LaunchEntry launch in launches.Values) seconds += launch.EndStep();
        }
        Seconds += seconds;
        Steps++;
        stepStart = 0;
    }

    /// <summary>A step being measured.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly KernelProfile profile;

        internal Scope(KernelProfile profile) => this.profile = profile;

        /// <summary>Ends it.</summary>
        public void Dispose() => profile.EndStep();
    }

    /// <summary>What is counted together.</summary>
    internal readonly record struct Key(Type? Kernel, string? Name);

    internal sealed class Entry
    {
        public long Calls, Ticks;
        public double Flops, Bytes;

        public double Seconds => Ticks / (double)Stopwatch.Frequency;
    }

    /// <summary>Launches of one name on a device.</summary>
    internal sealed class LaunchEntry
    {
        readonly List<double> steps = [];   // seconds of each in which there were any
        double seconds;
        bool isUsed;

        public long Calls { get; private set; }

        /// <summary>Steps in which there were any.</summary>
        public int Steps => steps.Count;

        /// <summary>The median of those steps.</summary>
        public double MedianSeconds
        {
            get
            {
                if (steps.Count == 0) return 0;
                double[] sorted = [.. steps];
                Array.Sort(sorted);
                int middle = sorted.Length / 2;
                return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            }
        }

        public void Add(double time, bool isCall)
        {
            seconds += time;
            isUsed = true;
            if (isCall) Calls++;
        }

        /// <returns>Seconds of the step.</returns>
        public double EndStep()
        {
            double time = seconds;
            if (isUsed) steps.Add(time);
            (seconds, isUsed) = (0, false);
            return time;
        }

        public void Clear()
        {
            steps.Clear();
            (seconds, isUsed, Calls) = (0, false, 0);
        }
    }
}
