using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Google.Protobuf;
using ModelCompiler.Runtime.Runs;

namespace ModelCompiler.Runtime.TensorBoard;

/// <summary>
/// The course of a run as an event file that TensorBoard shows: scalars train/loss, train/gradient_norm,
/// train/learning_rate, train/items_per_second, and validation/ with each metric's name.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: TensorFlow's event.proto and summary.proto, of which the fields for scalars.</para>
/// <para><b>Memory</b>: a step allocates nothing. Each event is one write, so a kill cuts at most the last.</para>
/// </remarks>
/// <example><code>
/// using var board = new TensorBoardLog("logs/first");     // then: tensorboard --logdir logs
/// var run = new TrainingRun(trainer, 1000) { Reports = [board] };
/// </code></example>
public sealed class TensorBoardLog : IRunReport, IDisposable
{
    // Field numbers of event.proto and summary.proto.
    const int WallTime = 1, StepNumber = 2, FileVersion = 3, Summary = 5, Value = 1, Tag = 1, SimpleValue = 2;

    readonly FileStream file;
    readonly TimeProvider clock;
    readonly List<(string Tag, float Value)> scalars = [];
    readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);
    readonly MemoryStream frame = new();
    readonly CodedOutputStream message;

    /// <summary>
    /// Starts a file in a folder; those of earlier runs stay, and TensorBoard shows them as one course.
    /// </summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="clock">What time events have; null for the system's.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardLog(string folder, TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        message = new CodedOutputStream(frame, leaveOpen: true);
        Directory.CreateDirectory(folder);
        long seconds = this.clock.GetUtcNow().ToUnixTimeSeconds();
        string name = string.Create(CultureInfo.InvariantCulture,
            $"events.out.tfevents.{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}");
        // A run that goes on within the same second has the same name.
        string path = Path.Combine(folder, name);
        for (int i = 1; File.Exists(path); i++) path = Path.Combine(folder, $"{name}.{i}");
        FilePath = path;
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Begin();
        message.WriteTag(FileVersion, WireFormat.WireType.LengthDelimited);
        message.WriteString("brain.Event:2");
        End();
    }

    /// <summary>Of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public void Start(RunDescription run)
    {
    }

    /// <inheritdoc/>
    public void Step(in StepReport step)
    {
        scalars.Clear();
        scalars.Add(("train/loss", step.Loss));
        scalars.Add(("train/gradient_norm", step.GradientNorm));
        scalars.Add(("train/learning_rate", step.LearningRate));
        scalars.Add(("train/items_per_second", (float)step.Rate));
        if (step.Metrics is { } metrics)
            foreach ((string name, double value) in metrics.Values) scalars.Add((ValidationTag(name), (float)value));
        Scalars(step.Step);
    }

    /// <inheritdoc/>
    public void Finish(RunResult result)
    {
    }

    /// <summary>Closes the file; again is harmless.</summary>
    public void Dispose()
    {
        message.Dispose();
        file.Dispose();
    }

    string ValidationTag(string name)
    {
        if (!tags.TryGetValue(name, out string? tag)) tags[name] = tag = "validation/" + name;
        return tag;
    }

    void Scalars(int step)
    {
        int length = 0;
        foreach ((string tag, float _) in scalars)
        {
            int value = ValueLength(tag);
            length += 1 + CodedOutputStream.ComputeLengthSize(value) + value;
        }
        Begin();
        message.WriteTag(StepNumber, WireFormat.WireType.Varint);
        message.WriteInt64(step);
        message.WriteTag(Summary, WireFormat.WireType.LengthDelimited);
        message.WriteLength(length);
        foreach ((string tag, float value) in scalars)
        {
            message.WriteTag(Value, WireFormat.WireType.LengthDelimited);
            message.WriteLength(ValueLength(tag));
            message.WriteTag(Tag, WireFormat.WireType.LengthDelimited);
            message.WriteString(tag);
            message.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
            message.WriteFloat(value);
        }
        End();
    }

    /// <summary>A tag of one byte and a string, a tag of one byte and four.</summary>
    static int ValueLength(string tag) => 1 + CodedOutputStream.ComputeStringSize(tag) + 1 + sizeof(float);

    void Begin()
    {
        frame.SetLength(RecordWriter.Start);
        frame.Position = RecordWriter.Start;
        message.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        message.WriteDouble((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    void End()
    {
        message.Flush();
        int bytes = (int)frame.Length - RecordWriter.Start;
        frame.SetLength(RecordWriter.Length(bytes));
        RecordWriter.Write(file, frame.GetBuffer(), bytes);
    }
}
