# Finance Team KPI: a year's revenue by quarter, in Shiny for R.
#
# Lanyard stands in front of this app and tells it in request headers who is looking. Shiny has the headers of the
# session's WebSocket in `session$request`, as HTTP_ and the name in capitals. Believe them only where nobody
# reaches the app but through Lanyard: let it listen on the loopback address, or behind a firewall.

library(shiny)

title <- Sys.getenv("DASHBOARD_TITLE", "Finance Team KPI")
year <- read.csv("../data/revenue.csv") # money in k€
year$quarter <- (as.integer(substr(year$month, 6, 7)) - 1) %/% 3 + 1

thousands <- function(number) format(number, big.mark = ",", trim = TRUE)

ui <- fluidPage(
  title = title,
  lang = "en",
  tags$main(
    style = "max-width: 820px; margin: 0 auto; padding: 1.5rem 0",
    h1(title),
    p(class = "text-muted", textOutput("viewing", inline = TRUE)),
    h2(textOutput("headline", inline = TRUE)),
    p(textOutput("orders", inline = TRUE)),
    actionButton("next_quarter", "Next quarter", class = "btn-primary"),
    downloadButton("figures", "Download figures", icon = NULL),
    plotOutput("chart", height = "300px"),
    fileInput("targets", "Targets", accept = ".csv", placeholder = "month,target"),
    p(textOutput("uploaded", inline = TRUE)),
    uiOutput("for_leads")
  )
)

server <- function(input, output, session) {
  header <- function(name, otherwise) {
    value <- session$request[[name]]
    if (is.null(value)) otherwise else value
  }
  viewer <- header("HTTP_X_FORWARDED_PREFERRED_USERNAME", "nobody")
  groups <- trimws(strsplit(header("HTTP_X_FORWARDED_GROUPS", ""), ",")[[1]])
  quarter <- reactiveVal(1)
  kept <- NULL # this session's file

  observeEvent(input$next_quarter, quarter(quarter() %% 4 + 1))
  figures <- reactive(year[year$quarter == quarter(), c("month", "revenue", "orders", "margin")])
  totals <- reactive(as.list(colSums(figures()[-1])))

  # The uploaded targets, and what to say about them.
  targets <- reactive({
    upload <- req(input$targets)
    # An input is whatever the browser sent, and a browser can make one up: only what Shiny stored is opened.
    stored <- normalizePath(upload$datapath, mustWork = FALSE)
    if (!startsWith(stored, paste0(normalizePath(tempdir()), "/")) || !utils::file_test("-f", stored)) {
      return(list(said = "That is no upload."))
    }
    remove_file()
    kept <<- tempfile("targets-", tmpdir = dirname(tempdir()), fileext = ".csv")
    file.create(kept)
    Sys.chmod(kept, "0600")
    file.copy(stored, kept, overwrite = TRUE, copy.mode = FALSE)
    read <- tryCatch(read.csv(kept)[c("month", "target")], error = function(error) NULL)
    if (is.null(read) || !is.numeric(read$target)) {
      return(list(said = paste(upload$name, "is no CSV file with the columns month and target.")))
    }
    list(read = read, said = sprintf("%d targets from %s", nrow(read), upload$name))
  })
  remove_file <- function() if (!is.null(kept)) unlink(kept)
  session$onSessionEnded(remove_file)

  output$viewing <- renderText(paste("Viewing as", viewer))
  output$headline <- renderText(sprintf("Quarter %d: revenue %s k€", quarter(), thousands(totals()$revenue)))
  output$orders <- renderText(with(totals(),
    sprintf("%s orders, %.0f € each", thousands(orders), 1000 * revenue / orders)))
  output$uploaded <- renderText(targets()$said)

  output$chart <- renderPlot(alt = "Revenue by month", {
    compared <- figures()
    goals <- if (isTruthy(input$targets)) targets()$read
    target <- goals$target[match(compared$month, goals$month)]
    par(mar = c(3, 4.5, 1, 0), las = 1, cex = 1.1)
    top <- range(pretty(c(0, compared$revenue, target)))
    middle <- barplot(compared$revenue, names.arg = compared$month, ylim = top, ylab = "k€",
                      col = "#2f6db5", border = NA)
    if (length(target)) segments(middle - 0.5, target, middle + 0.5, target, lwd = 4, col = "#c2410c")
  })

  output$figures <- downloadHandler("figures.csv", function(file) {
    write.csv(subset(figures(), select = -margin), file, row.names = FALSE, quote = FALSE)
  })

  output$for_leads <- renderUI(if ("Finance Leads" %in% groups) {
    tagList(h2("For finance leads"), p(with(totals(), sprintf(
      "Of quarter %d's revenue %s k€ is margin: %.1f%%.", quarter(), thousands(margin), 100 * margin / revenue))))
  })
}

shinyApp(ui, server)
