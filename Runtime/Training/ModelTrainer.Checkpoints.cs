using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Microsoft.Win32.SafeHandles;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Training;

/// <content>Everything a run needs to go on with the same bits, to and from a folder.</content>
public abstract unsafe partial class ModelTrainer
{
    const string ParametersFile = "parameters.safetensors", OptimizerFile = "optimizer.safetensors";
    const string AverageFile = "average.safetensors", AccumulatedFile = "accumulated.safetensors";
    const string Float8File = "float8.safetensors", PositionFile = "position.bin";

    /// <summary>
    /// Goes on where a checkpoint was saved: parameters, optimizer state, averages, accumulated gradients, step and
    /// learning rate. What follows has the same bits as without an interruption.
    /// </summary>
    /// <param name="checkpoint">Path of its folder: <see cref="Checkpoint.Path"/>.</param>
    /// <param name="data">What the data is; must be what it was if both are given.</param>
    /// <param name="acceptOtherSettings">
    /// Whether other hyperparameters, groups, schedules and clipping than the run had are meant to be.
    /// </param>
    /// <returns>The caller's position in the data, as it was given when saving.</returns>
    /// <exception cref="CheckpointException">
    /// The checkpoint is damaged, or of another model, optimizer, data or settings: the message says what differs. The
    /// trainer is as before.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <example><code>
    /// if (checkpoints.Newest is { } newest) position = trainer.Resume(newest.Path);
    /// </code></example>
    public byte[] Resume(string checkpoint, string? data = null, bool acceptOtherSettings = false)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        CheckpointManifest manifest = CheckpointManifest.Read(checkpoint);
        CheckThatItFits(checkpoint, manifest, data, acceptOtherSettings);
        manifest.Verify(checkpoint);
        string In(string file) => Path.Combine(checkpoint, file);
        bool hasAverage = manifest.Files.ContainsKey(AverageFile);
        ModelLayout layout = weights.Layout, state = StateLayout(), gradient = GradientLayout();
        SafeTensors.Check(In(ParametersFile), layout);
        SafeTensors.Check(In(OptimizerFile), state);
        if (Float8Tensors > 0) SafeTensors.Check(In(Float8File), Float8Layout());
        if (hasAverage) SafeTensors.Check(In(AverageFile), layout);
        if (manifest.Accumulated > 0)
        {
            SafeTensors.Check(In(AccumulatedFile), gradient);
        }
        if (hasAverage && average is null) AverageWeights(0);
        byte[] position = File.ReadAllBytes(In(PositionFile));

        SafeTensors.Load(In(ParametersFile), layout, weights.Data);
        SafeTensors.Load(In(OptimizerFile), state, (float*)states.Host);
        if (Float8Tensors > 0) SafeTensors.Load(In(Float8File), Float8Layout(), Float8State);
        if (hasAverage) SafeTensors.Load(In(AverageFile), layout, average!.Data);
        else average?.CopyFrom(weights);
        if (manifest.Accumulated > 0) SafeTensors.Load(In(AccumulatedFile), gradient, (float*)Waiting.Host);
        if (hasAverage && manifest.Settings.TryGetValue("averageDecay", out string? decay) && !acceptOtherSettings)
            AverageDecay = float.Parse(decay, CultureInfo.InvariantCulture);
        weights.Memory.HostChanged();
        waiting?.HostChanged();
        states.HostChanged();
        float8State?.HostChanged();
        StepCount = manifest.Step;
        Seed = manifest.Seed;
        PassCount = manifest.Pass;
        LearningRate = manifest.LearningRate;
        AccumulatedCount = manifest.Accumulated;
        sumOfWeights = manifest.AccumulatedWeight;
        if (manifest.LossScale is { } scale)
            (lossScale, goodSteps, SkippedSteps) = (scale, manifest.GoodSteps, manifest.SkippedSteps);
        (hasGradients, GradientNorm) = (false, 0);
        Restarted();
        GC.KeepAlive(this);
        return position;
    }

    /// <summary>Writes everything into an empty folder, the manifest last, and puts it on the disk.</summary>
    internal void WriteCheckpoint(string folder, ReadOnlySpan<byte> position, double? score, string? data)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var manifest = new CheckpointManifest
        {
            Model = weights.Layout.Name, Step = StepCount, Seed = Seed, Pass = PassCount,
            LearningRate = LearningRate, Score = score,
            Data = data, Accumulated = AccumulatedCount, AccumulatedWeight = sumOfWeights, Settings = Settings(),
            LossScale = ScalesLoss ? lossScale : null, GoodSteps = goodSteps, SkippedSteps = SkippedSteps,
        };
        void Save(string file, ModelLayout layout, float* numbers)
        {
            SafeTensors.Save(Path.Combine(folder, file), layout, numbers);
            manifest.Add(folder, file);
        }
        Save(ParametersFile, weights.Layout, weights.Data);
        Save(OptimizerFile, StateLayout(), (float*)states.Host);
        if (Float8Tensors > 0) Save(Float8File, Float8Layout(), Float8State);
        if (average is not null) Save(AverageFile, weights.Layout, average.Data);
        if (AccumulatedCount > 0) Save(AccumulatedFile, GradientLayout(), (float*)Waiting.Host);
        using (SafeFileHandle file = File.OpenHandle(Path.Combine(folder, PositionFile), FileMode.CreateNew,
            FileAccess.Write))
        {
            RandomAccess.Write(file, position, 0);
            RandomAccess.FlushToDisk(file);
        }
        manifest.Add(folder, PositionFile);
        manifest.Write(folder);
        GC.KeepAlive(this);
    }

    void CheckThatItFits(string checkpoint, CheckpointManifest manifest, string? data, bool acceptOtherSettings)
    {
        if (manifest.Data is { } saved && data is not null && saved != data)
            throw new CheckpointException(checkpoint, $"the run was trained on other data: {saved}, now {data}. " +
                "Resume with the same data, or leave data out of Resume to go on with another.");
        SortedDictionary<string, string> now = Settings();
        string was = manifest.Settings.GetValueOrDefault("optimizer", "");
        if (manifest.Model == weights.Layout.Name && was != now["optimizer"])
            throw new CheckpointException(checkpoint, $"it holds the state of {was}; this trainer updates with " +
                $"{now["optimizer"]}. Create the trainer with {was}, or Load {ParametersFile} to start " +
                $"{now["optimizer"]} from its parameters.");
        // An average that this trainer has not been asked for yet comes back with its decay.
        if (average is null && manifest.Settings.TryGetValue("averageDecay", out string? decay))
            now["averageDecay"] = decay;
        string differences = manifest.Differences(now);
        if (manifest.Model == weights.Layout.Name && differences.Length > 0 && !acceptOtherSettings)
            throw new CheckpointException(checkpoint, $"the run had other settings: {differences}. Set them as they " +
                "were, or pass acceptOtherSettings: true to go on with the new ones.");
    }

    SortedDictionary<string, string> Settings()
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["optimizer"] = Optimizer.GetType().Name, ["learningRate"] = Text(Optimizer.LearningRate),
        };
        foreach ((string name, string value) in Optimizer.Settings) settings[name] = value;
        for (int i = 0; i < Optimizer.Groups.Count; i++)
        {
            ParameterGroup group = Optimizer.Groups[i];
            settings[string.Create(CultureInfo.InvariantCulture, $"group {i + 1}")] =
                group.Pattern + (group.MostAxes is { } axes ? $" of at most {axes} axes" : "") +
                $" with rate scale {Text(group.LearningRateScale)} and weight decay " +
                (group.WeightDecay is { } decay ? Text(decay) : "of the optimizer");
        }
        if (Schedule is not null) settings["schedule"] = Schedule.ToString() ?? Schedule.GetType().Name;
        if (MaxGradientNorm is { } norm) settings["maxGradientNorm"] = Text(norm);
        if (MaxGradientValue is { } most) settings["maxGradientValue"] = Text(most);
        if (AverageDecay is { } average) settings["averageDecay"] = Text(average);
        return settings;
    }

    static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>State as one tensor: rows of 16, because an axis counts no further than an int.</summary>
    ModelLayout StateLayout() => Rows($"{Optimizer.GetType().Name}'s state", "state", states.Length / sizeof(float));

    ModelLayout GradientLayout() => Rows("accumulated gradients", "gradients", weights.Layout.TrainableStride);

    ModelLayout Float8Layout() => Rows("scales of 8-bit tensors", "float8",
        Float8Tensors * (long)Cpu.Float8Scaling.StateLength);

    ModelLayout Rows(string what, string name, long length)
    {
        ParameterLayout[] rows = length == 0 ? [] :
            [new(name, 0, [checked((int)(length / ModelLayout.Alignment)), ModelLayout.Alignment], 0, "constant", 0)];
        return new ModelLayout($"{what} of {weights.Layout.Name}", length, rows);
    }
}
