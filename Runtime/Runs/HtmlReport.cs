using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Text;
using System.Text.Json;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// A page that shows a run: loss, learning rate, throughput and gradient norm, the memory plan over the schedule, cost
/// by layer, and what the program adds. One file, which any browser shows without a network.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: about 2,000 points however many steps there are; a step allocates nothing. The page is written
/// after each validation, so that a run can be watched, and at the end.</para>
/// <para>
/// <b>Numerics</b>: the same run writes the same bytes: nothing comes from a clock but the steps' own times.
/// </para>
/// </remarks>
/// <example><code>
/// var report = new HtmlReport("run.html", "A first attempt");
/// var run = new TrainingRun(trainer, 3000) { Reports = [report] };
/// run.Train(step);
/// report.AddText("Continues \"It was\"", sampler.Continue("It was ", 600));
/// report.Write();
/// </code></example>
public sealed class HtmlReport : IRunReport
{
    readonly string path, title;
    readonly string? log;
    readonly RunHistory history = new();
    readonly List<(int Step, Metrics Metrics)> validations = [];
    readonly List<(string Title, string? Text, string? Image)> samples = [];
    readonly List<(string Name, string Text)> results = [];
    RunDescription? run;
    RunResult? result;
    int lastStep;
    KernelProfile? profile;

    /// <summary>Names a file, which is written when there is something to show.</summary>
    /// <param name="path">Of the file; its folder is made when the run starts.</param>
    /// <param name="title">Its heading; null for the model's name.</param>
    /// <param name="log">The run's <see cref="TrainingLog"/>: a run that goes on shows what was before, too.</param>
    public HtmlReport(string path, string? title = null, string? log = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (this.path, this.title, this.log) = (path, title ?? "", log);
    }

    /// <inheritdoc/>
    public void Start(RunDescription run)
    {
        ArgumentNullException.ThrowIfNull(run);
        this.run = run;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        if (log is null || run.DoneSteps == 0 || !File.Exists(log)) return;
        foreach (StepReport step in TrainingLog.Read(log))
            if (step.Step <= run.DoneSteps && step.Step > lastStep) Add(step);
    }

    /// <inheritdoc/>
    public void Step(in StepReport step)
    {
        Add(step);
        if (step.Metrics is not null) Write();
    }

    /// <inheritdoc/>
    public void Finish(RunResult result)
    {
        this.result = result;
        Write();
    }

    /// <summary>Adds a text that the model wrote.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="text">Shown as it is.</param>
    public void AddText(string title, string text) => samples.Add((title, text, null));

    /// <summary>Adds an image.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="png">A whole PNG file.</param>
    /// <exception cref="ArgumentException">It is no PNG file.</exception>
    public void AddImage(string title, ReadOnlySpan<byte> png)
    {
        if (!png.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            throw new ArgumentException($"{title}: the {png.Length} bytes are no PNG file.", nameof(png));
        samples.Add((title, null, Convert.ToBase64String(png)));
    }

    /// <summary>Adds a figure at the top, such as a test's accuracy or a baseline beside it.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="text">The figure with its unit.</param>
    public void AddResult(string name, string text) => results.Add((name, text));

    /// <summary>Adds the measured times of kernels.</summary>
    /// <param name="profile">Of some steps of the run.</param>
    public void AddProfile(KernelProfile profile) => this.profile = profile;

    /// <summary>Writes the page, which is replaced as a whole.</summary>
    /// <exception cref="InvalidOperationException">The run has not started.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write()
    {
        if (run is null) throw new InvalidOperationException("There is nothing to show before the run has started.");
        string page = Page(run);
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, page, new UTF8Encoding(false));
        File.Move(temporary, path, overwrite: true);
    }

    void Add(in StepReport step)
    {
        lastStep = step.Step;
        history.Add(step);
        if (step.Metrics is { } metrics) validations.Add((step.Step, metrics));
    }

    string Page(RunDescription run)
    {
        string model = run.Trainer.Weights.Layout.Name;
        string heading = title.Length > 0 ? title : model;
        var page = new StringBuilder();
        // One pass over the template, so that what is put in is not looked through again.
        string template = Resource("report.html");
        int from = 0;
        for (int open; (open = template.IndexOf("{{", from, StringComparison.Ordinal)) >= 0;)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, from, open - from);
            string name = template[(open + 2)..close];
            page.Append(name switch
            {
                "title" => WebUtility.HtmlEncode(heading),
                "subtitle" => WebUtility.HtmlEncode($"{model} on {Device(run)}"),
                "run" => Json(run),
                _ => Resource(name),
            });
            from = close + 2;
        }
        return page.Append(template, from, template.Length - from).ToString();
    }

    static string Device(RunDescription run) =>
        $"{run.Trainer.Device.Threads} thread{(run.Trainer.Device.Threads == 1 ? "" : "s")} of the CPU";

    /// <summary>As text of a script element: the writer escapes the characters of markup.</summary>
    string Json(RunDescription run)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("reason", result is null ? "running" : Reason(result.Reason));
            json.WriteNumber("step", lastStep);
            json.WriteNumber("steps", run.Steps);
            RunJson.Number(json, "seconds", result?.Seconds ?? Seconds());
            json.WriteString("unit", run.Unit);
            json.WriteString("device", Device(run));
            json.WriteString("monitor", run.Monitor);
            (int bestStep, double best) = Best(run);
            json.WriteNumber("bestStep", bestStep);
            RunJson.Number(json, "best", best);
            RunJson.Number(json, "finalLoss", FinalLoss());
            RunJson.Number(json, "rate", MedianRate());
            json.WriteNumber("parameters", run.Trainer.Weights.Layout.ParameterCount);
            json.WriteNumber("plannedBytes", run.Trainer.PlannedBytes);
            RunJson.History(json, history);
            RunJson.Validations(json, validations);
            RunJson.Plan(json, run.Trainer.Plan);
            if (profile is not null) RunJson.Profile(json, profile, run.Trainer);
            json.WriteStartArray("results");
            foreach ((string name, string figure) in results)
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStringValue(figure);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("samples");
            foreach ((string name, string? words, string? image) in samples)
            {
                json.WriteStartObject();
                json.WriteString("title", name);
                if (words is not null) json.WriteString("text", words);
                if (image is not null) json.WriteString("image", image);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    static string Reason(StopReason reason) => reason switch
    {
        StopReason.Finished => "finished",
        StopReason.Stopped => "stopped",
        StopReason.TimeOver => "time was over",
        StopReason.NoImprovement => "no more improvement",
        _ => "failed",
    };

    double Seconds()
    {
        double seconds = 0;
        for (int i = 0; i < history.Count; i++) seconds += history[i].Seconds;
        return seconds;
    }

    (int Step, double Value) Best(RunDescription run)
    {
        (int step, double best) = (0, double.NaN);
        foreach ((int at, Metrics metrics) in validations)
        {
            if (!metrics.TryGet(run.Monitor, out double value) || !double.IsFinite(value)) continue;
            if (step == 0 || (run.HigherIsBetter ? value > best : value < best)) (step, best) = (at, value);
        }
        return (step, best);
    }

    /// <summary>Over the last twentieth: one batch says little.</summary>
    double FinalLoss()
    {
        double sum = 0;
        int steps = 0;
        for (int i = history.Count - 1; i >= history.Count - Math.Max(1, history.Count / 20) && i >= 0; i--)
        {
            sum += history[i].Loss;
            steps += history[i].Steps;
        }
        return steps == 0 ? double.NaN : sum / steps;
    }

    double MedianRate()
    {
        if (history.Count == 0) return double.NaN;
        var rates = new double[history.Count];
        for (int i = 0; i < rates.Length; i++) rates[i] = history[i].Rate;
        Array.Sort(rates);
        return rates[rates.Length / 2];
    }

    static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
