using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelCompiler.Gpu.Bench;
using ModelCompiler.Gpu.Checks;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Gpu;

/// <summary>A dated page of one run on one device.</summary>
static class Report
{
    /// <returns>Where it is.</returns>
    public static string Write(Options options, List<CheckResult> checks, List<BenchRow> rows, string launches, string problem)
    {
        CudaDevice device = CudaDevice.Get(0);
        bool isSimulated = CudaLibraries.UsesSimulator;
        string name = isSimulated ? "simulator" : Regex.Replace(device.Name.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim('-');
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var text = new StringBuilder($"# {date}, {(isSimulated ? "the simulator" : device.Name)}\n\n");
        if (isSimulated)
            text.Append("**This ran on the simulator of `Tests/CudaSimulator`, not on a GPU.** Its times say nothing about one.\n\n");
        if (options.Only.Count > 0) text.Append($"Only {string.Join(", ", options.Only)}.\n\n");
        if (options.IsSmall) text.Append("Small sizes.\n\n");
        Machine(text, device);
        Measured(text, rows, options, isSimulated, problem);
        if (launches.Length > 0) text.Append("## Launches of a step of GPT-2\n\n").Append(launches).Append('\n');
        Checked(text, checks);
        Directory.CreateDirectory(options.Out);
        string path = Path.Combine(options.Out, $"{date}-{name}.md");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    static void Machine(StringBuilder text, CudaDevice device)
    {
        var compiler = new CudaRuntimeCompiler();
        using var context = new CudaContext(device);
        using var products = new CudaBlasLt(context);
        text.Append("| | |\n|---|---|\n");
        text.Append($"| device | {device.Name}, compute capability {device.ComputeCapability}, {device.MultiprocessorCount} multiprocessors, {device.TotalBytes / (1 << 20):#,0} MiB |\n");
        text.Append($"| driver | CUDA {CudaDevice.DriverVersion} |\n");
        text.Append($"| NVRTC, cuBLASLt | {compiler.Version}, {products.Version} |\n");
        text.Append($"| program | ModelCompiler {typeof(Report).Assembly.GetName().Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier} |\n\n");
    }

    static void Measured(StringBuilder text, List<BenchRow> rows, Options options, bool isSimulated, string problem)
    {
        text.Append("## Measurements\n\n");
        if (problem.Length > 0) text.Append($"**They broke off.** {problem}\n\n");
        if (rows.Count == 0)
        {
            text.Append("None.\n\n");
            return;
        }
        text.Append("| what | | | ms | ms predicted for an H200 | of that |\n|---|---:|---|---:|---:|---:|\n");
        foreach (BenchRow row in rows)
            text.Append($"| {row.Name} | {row.Value:#,0.#} | {row.Unit} | {row.Milliseconds:0.000} | {(row.Predicted > 0 ? $"{row.Predicted:0.000}" : "")} | "
                + $"{(row.Predicted > 0 && !isSimulated ? $"{row.Milliseconds / row.Predicted:0.00}" : "")} |\n");
        text.Append('\n');
        if (options.PyTorch.Length == 0 || !File.Exists(options.PyTorch)) text.Append("PyTorch was not there to compare with.\n\n");
        else PyTorch(text, rows, File.ReadLines(options.PyTorch).LastOrDefault(l => l.StartsWith('{')));
    }

    static void PyTorch(StringBuilder text, List<BenchRow> rows, string? line)
    {
        if (line is null)
        {
            text.Append("PyTorch's run failed.\n\n");
            return;
        }
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement root = json.RootElement;
        double tokens = root.GetProperty("tokens_per_second").GetDouble();
        text.Append($"PyTorch {root.GetProperty("torch").GetString()}, the same model and sizes (torch.compile, bf16 autocast, fused AdamW, SDPA), B {root.GetProperty("batch").GetInt32()}: "
            + $"**{tokens:#,0} tokens/s**, {root.GetProperty("ms_per_step").GetDouble():0.00} ms a step.");
        if (rows.FirstOrDefault(r => r.Unit == "tokens/s") is { } own) text.Append($" This is **{own.Value / tokens:0.00} times** that.");
        text.Append("\n\n");
    }

    static void Checked(StringBuilder text, List<CheckResult> checks)
    {
        text.Append($"## Checks\n\n{checks.Count(c => c.Passed)} passed, {checks.Count(c => !c.Passed)} failed.\n\n");
        foreach (CheckResult check in checks.Where(c => !c.Passed)) text.Append($"- **failed** {check.Area}: {check.Name}: {check.Detail.ReplaceLineEndings(" ")}\n");
        if (checks.Any(c => !c.Passed)) text.Append('\n');
        text.Append("| area | passed | failed | s | largest distance from the processor's bits |\n|---|---:|---:|---:|---|\n");
        foreach (IGrouping<string, CheckResult> area in checks.GroupBy(c => c.Area))
            text.Append($"| {area.Key} | {area.Count(c => c.Passed)} | {area.Count(c => !c.Passed)} | {area.Sum(c => c.Seconds):0.0} | {Distance(area)} |\n");
        text.Append('\n');
        foreach (CheckResult check in checks.Where(c => c.Area == ModelChecks.Area && c.Passed)) text.Append($"- {check.Name}: {check.Detail}\n");
    }

    static string Distance(IEnumerable<CheckResult> checks) => checks.Select(c => Regex.Match(c.Detail, @"processor's, (\S+) apart"))
        .Where(m => m.Success).Select(m => m.Groups[1].Value).OrderByDescending(d => double.Parse(d, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault() ?? "";
}
